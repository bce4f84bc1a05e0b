/** A report that changes, and what of it is new to a page that has an earlier state of it. */
import { keyOf, type RankedSettings } from '../../tune/ranking.js';
import { merged, type ReportData, type ReportHistory, type ReportPatch } from '../content/report-data.js';

/** A state of the report, as much of it as a page has. */
interface Place {
  /** How often the report was begun anew. */
  readonly begun: number;
  /** How many changes there were. */
  readonly changes: number;
  /** Numbers of each curve. */
  readonly lengths: readonly number[];
}

/** What is new to a page. */
export interface News {
  /** `report` replaces what the page has, `patch` changes it. */
  readonly name: 'report' | 'patch';
  readonly data: ReportData | ReportPatch;
  /** The place of the page when it has this. */
  readonly place: string;
  /** Whether there is nothing more. */
  readonly whole: boolean;
}

const CURVES = ['lossHistory', 'trainAccHistory', 'valAccHistory'] as const;

/** Numbers of each curve that are sent at a time: what waits for a page that does not read is no more than that. */
const PIECE = 10_000;

type Fields = Omit<ReportData, 'history'>;
type Curves = Record<(typeof CURVES)[number], number[]>;

/** A report that grows. A place in it is a text that pages keep, and send when they connect again. */
export class GrowingReport {
  #begun = 0;
  #changes = 0;
  #fields: Fields;
  #curves: Curves | undefined;
  /** The change that each field is from. */
  readonly #changed = new Map<string, number>();
  /** The change that each combination of a search is from, if it is a later one than the search's. */
  readonly #ranked = new Map<string, number>();

  constructor({ history, ...fields }: ReportData) {
    this.#fields = fields;
    this.#curves = copied(history);
  }

  /** The whole report, as it is now. */
  get report(): ReportData {
    const history = copied(this.#curves);
    return { ...this.#fields, ...(history && { history }) };
  }

  /** Changes the report. */
  change({ set = {}, append, rank }: ReportPatch): void {
    const { history, ...fields } = set;
    this.#set(fields);
    if (rank) this.#rank(rank);
    if (append) this.#append(append);
    else if (history) this.#begin({ ...this.#fields, history });
  }

  /** Replaces the report; to pages only what differs is new, if that is more and not less. */
  replace(report: ReportData): void {
    const { history, ...fields } = report;
    const less = Object.keys(this.#fields).some((name) => fields[name as keyof Fields] === undefined);
    if (less || !continues(history, this.#curves)) {
      this.#begin(report);
      return;
    }
    const differing = Object.entries(fields).filter(([name, value]) => {
      const old = this.#fields[name as keyof Fields];
      return value !== old && JSON.stringify(value) !== JSON.stringify(old);
    });
    this.#set(Object.fromEntries(differing));
    if (history) this.#append(newIn(history, lengthsOf(this.#curves), history.lossHistory.length));
  }

  /** What is new to a page at `place`; all of the report for a place that is not of this one. */
  since(place: string | undefined): News | undefined {
    const from = placeOf(place);
    const known = from?.begun === this.#begun && from.changes <= this.#changes;
    const at = known && from.lengths.every((length, i) => length <= lengthsOf(this.#curves)[i]) ? from : undefined;
    const lengths = lengthsOf(this.#curves).map((length, i) => Math.min(length, (at?.lengths[i] ?? 0) + PIECE));
    const history = this.#curves && newIn(this.#curves, at?.lengths ?? [0, 0, 0], PIECE);
    const whole = lengths.every((length, i) => length === lengthsOf(this.#curves)[i]);
    const next = [this.#begun, this.#changes, ...lengths].join('.');
    if (!at) {
      return { name: 'report', data: { ...this.#fields, ...(history && { history }) }, place: next, whole };
    }
    if (next === place) return undefined;
    const set = Object.entries(this.#fields).filter(([name]) => (this.#changed.get(name) ?? 0) > at.changes);
    const append = history && CURVES.some((name) => history[name].length > 0) ? history : undefined;
    const rank = this.#newlyRanked(at.changes);
    const data = {
      ...(set.length > 0 && { set: Object.fromEntries(set) }),
      ...(append && { append }),
      ...(rank.length > 0 && { rank }),
    };
    return { name: 'patch', data, place: next, whole };
  }

  #begin({ history, ...fields }: ReportData): void {
    this.#begun++;
    this.#ranked.clear();
    this.#fields = fields;
    this.#curves = copied(history);
  }

  #set(fields: Partial<Fields>): void {
    this.#changes++;
    for (const name of Object.keys(fields)) this.#changed.set(name, this.#changes);
    if (fields.search) this.#ranked.clear();
    this.#fields = { ...this.#fields, ...fields };
  }

  /** Ranks combinations in the table of the search; pages receive these, and not the table. */
  #rank(rank: readonly RankedSettings[]): void {
    const { search } = this.#fields;
    if (!search) return;
    for (const { settings } of rank) this.#ranked.set(keyOf(settings), this.#changes);
    this.#fields = { ...this.#fields, search: { ...search, ranking: merged(search.ranking, rank) } };
  }

  /** The combinations that are new to a page, unless it receives the whole search. */
  #newlyRanked(changes: number): RankedSettings[] {
    if (this.#ranked.size === 0 || (this.#changed.get('search') ?? 0) > changes) return [];
    const { ranking = [] } = this.#fields.search ?? {};
    return ranking.filter(({ settings }) => (this.#ranked.get(keyOf(settings)) ?? 0) > changes);
  }

  #append(history: ReportHistory): void {
    const curves = this.#curves ?? { lossHistory: [], trainAccHistory: [], valAccHistory: [] };
    this.#curves = curves;
    for (const name of CURVES) for (const value of history[name]) curves[name].push(value);
  }
}

function copied(history: ReportHistory | undefined): Curves | undefined {
  return history && newIn(history, [0, 0, 0], Number.POSITIVE_INFINITY);
}

/** The numbers behind those that are known, at most `most` of each curve. */
function newIn(history: ReportHistory, known: readonly number[], most: number): Curves {
  const [lossHistory, trainAccHistory, valAccHistory] = CURVES.map((name, i) =>
    history[name].slice(known[i], known[i] + most),
  );
  return { lossHistory, trainAccHistory, valAccHistory };
}

function lengthsOf(history: ReportHistory | undefined): number[] {
  return CURVES.map((name) => history?.[name].length ?? 0);
}

/** Whether curves begin with those that were there before. */
function continues(history: ReportHistory | undefined, before: ReportHistory | undefined): boolean {
  if (!before) return true;
  if (!history) return false;
  return CURVES.every((name) => before[name].every((value, i) => Object.is(history[name][i], value)));
}

function placeOf(text: string | undefined): Place | undefined {
  if (text === undefined || !/^\d{1,15}(\.\d{1,15}){4}$/.test(text)) return undefined;
  const [begun, changes, ...lengths] = text.split('.').map(Number);
  return { begun, changes, lengths };
}
