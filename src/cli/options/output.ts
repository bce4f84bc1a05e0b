/** The options for where results go. */
import { Option } from 'commander';
import { MODEL_EXTENSIONS } from '../../model/formats/all.js';
import { numberParser } from './numbers.js';

/** `--report` and `--serve`. */
export function reportOptions(): Option[] {
  const port = numberParser({ integer: true, min: 0, max: 65_535 }, '--serve');
  return [
    new Option('--report <dir>', 'write report.html there: settings, curves, weights and mistakes on one page'),
    new Option('--serve [port]', 'show the report live on 127.0.0.1 until Ctrl-C (default: a free port)')
      .argParser(port)
      .preset('0'),
  ];
}

/** `--save`. */
export function saveOption(what: string): Option {
  return new Option('--save <file>', `write ${what}: ${MODEL_EXTENSIONS.join(', ')} (default: safetensors)`);
}

/** `--json`. */
export function jsonOption(): Option {
  return new Option('--json <file>', 'write the result as JSON (- for standard output)');
}

/** `--log` and `--tensorboard`. */
export function logOptions(): Option[] {
  return [
    new Option('--log <file>', 'write the history while training runs, a row per iteration (.csv or .jsonl)'),
    new Option('--tensorboard <dir>', 'write the history there while training runs, for TensorBoard'),
  ];
}
