import { type WarmResult, WarmTally } from './warm-result';

/** What is known of a warm from its beginning. */
export interface WarmBeginning {
  readonly warm: string;
  /** Milliseconds since 1970. */
  readonly at: number;
  readonly caller: string;
}

/** What a warm has done by now. */
export interface WarmProgress extends WarmBeginning {
  /** `done` when every part is; a sitemap adds parts while it is read. */
  readonly state: 'running' | 'done';
  readonly parts: { readonly planned: number; readonly done: number };
  readonly pages: WarmResult;
}

/** Remembers for 30 days what warms do. Every call throws `IndexError` when the table does not answer. */
export interface WarmLog {
  begin(beginning: WarmBeginning): Promise<void>;
  /** Counts parts, each once. They are not done before that. */
  plan(warm: string, parts: readonly string[]): Promise<void>;
  isDone(warm: string, part: string): Promise<boolean>;
  /** Of a part that is done twice, the first result counts. */
  finish(warm: string, part: string, result: WarmResult): Promise<void>;
  /** Undefined for an id that no warm of the last 30 days has. */
  read(warm: string): Promise<WarmProgress | undefined>;
}

/** What a warm has done, by its beginning and its parts. */
export function progressOf(
  beginning: WarmBeginning,
  planned: Iterable<string>,
  done: ReadonlyMap<string, WarmResult>,
): WarmProgress {
  const tally = new WarmTally();
  done.forEach((result) => tally.addAll(result));
  const parts = new Set([...planned, ...done.keys()]);
  return {
    ...beginning,
    state: done.size === parts.size ? 'done' : 'running',
    parts: { planned: parts.size, done: done.size },
    pages: tally.result,
  };
}
