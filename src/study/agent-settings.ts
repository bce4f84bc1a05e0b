/** How an agent works, and what it tells of. */
import type { BackendChoice } from '../backend/choose.js';
import type { Dataset } from '../data/dataset.js';
import type { TrialResult } from '../tune/trial.js';
import type { Study } from './record.js';

/** What an agent tells of. */
export type AgentEvent =
  /** There is no study to work on: it waits for one. */
  | { readonly kind: 'waiting' }
  /** It works on a study now. */
  | { readonly kind: 'study'; readonly study: Study }
  /** The study that it works on was removed; its trials are ended. */
  | { readonly kind: 'removed'; readonly study: Study }
  /** A trial has its result. */
  | { readonly kind: 'result'; readonly study: Study; readonly result: TrialResult }
  /** A trial or the server failed; it is tried again. */
  | { readonly kind: 'trouble'; readonly message: string }
  /** It cannot run this study's trials. */
  | { readonly kind: 'refused'; readonly study: Study; readonly message: string };

/** How an agent works. */
export interface AgentSettings {
  /** The study to work on; undefined for all, the oldest first. */
  readonly study?: string | undefined;
  /** Trials after which it ends; undefined for no such number. */
  readonly count?: number | undefined;
  /** Whether it ends when no study has trials left that it could run. */
  readonly exitWhenDone: boolean;
  readonly backend: BackendChoice;
  /** Trials at a time. */
  readonly places: number;
  /** Threads of each. */
  readonly threads: number;
  /** Milliseconds without a sign after which its trials are given to others. */
  readonly lock: number;
  /** Milliseconds between two looks at the studies: up to twice as long, so that many agents do not look at once. */
  readonly look: number;
  /** Loads the data of a study, as its trials read them. */
  readonly load: (study: Study, signal: AbortSignal) => Promise<Dataset>;
  readonly onEvent: (event: AgentEvent) => void;
  /** Ends it: its trials go back to the queue. */
  readonly signal: AbortSignal;
}
