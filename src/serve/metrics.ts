/** What a server counts, for Prometheus. */
import type { Prometheus } from './peers.js';

const SECONDS = [0.0005, 0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10];
const ROWS = [1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1024];

/** What is measured when the counters are asked for. */
export interface Levels {
  /** Requests that are in work. */
  readonly requests: () => number;
  /** Bytes that are held. */
  readonly bytes: () => number;
}

/** The counters of one server. Their labels are names of models and status codes only: there are few of them. */
export class Metrics {
  readonly #registry;
  readonly #answers;
  readonly #seconds;
  readonly #rows;
  readonly #batches;
  readonly #reloads;

  constructor({ Registry, Counter, Gauge, Histogram }: Prometheus, levels: Levels) {
    const registers = [new Registry()];
    const gauge = (name: string, help: string, now: () => number) =>
      new Gauge({
        name,
        help,
        registers,
        collect() {
          this.set(now());
        },
      });
    const counter = (name: string, help: string, labelNames: string[]) =>
      new Counter({ name, help, labelNames, registers });
    const histogram = (name: string, help: string, buckets: number[]) =>
      new Histogram({ name, help, labelNames: ['model'], buckets, registers });
    this.#registry = registers[0];
    this.#answers = counter('two_layer_net_requests_total', 'Requests for predictions, by status', ['model', 'status']);
    this.#seconds = histogram('two_layer_net_request_seconds', 'Time from headers to answer', SECONDS);
    this.#rows = counter('two_layer_net_rows_total', 'Rows that were predicted', ['model']);
    this.#batches = histogram('two_layer_net_batch_rows', 'Rows that were computed together', ROWS);
    this.#reloads = counter('two_layer_net_reloads_total', 'Changed files, by result: ok or failed', [
      'model',
      'result',
    ]);
    gauge('two_layer_net_requests_in_work', 'Requests that are in work', levels.requests);
    gauge('two_layer_net_held_bytes', 'Bytes of bodies and answers that are held', levels.bytes);
    gauge('process_resident_memory_bytes', 'Memory of the process', () => process.memoryUsage.rss());
    gauge('process_cpu_seconds', 'Processor time of the process', () => {
      const { user, system } = process.cpuUsage();
      return (user + system) / 1e6;
    });
  }

  /** Counts an answer. `model` is a name that is served, or ''. */
  answered(model: string, status: number, seconds: number): void {
    this.#answers.inc({ model, status: String(status) });
    this.#seconds.observe({ model }, seconds);
  }

  batch(model: string, rows: number): void {
    this.#rows.inc({ model }, rows);
    this.#batches.observe({ model }, rows);
  }

  reloaded(model: string, ok: boolean): void {
    this.#reloads.inc({ model, result: ok ? 'ok' : 'failed' });
  }

  get type(): string {
    return this.#registry.contentType;
  }

  text(): Promise<string> {
    return this.#registry.metrics();
  }
}
