import type { Answer } from './ask';
import type { Cell } from './matrix';

/** One way to answer cached pages, running. */
export interface Contender {
  readonly name: string;
  /** `127.0.0.1:port`. */
  readonly address: string;
  /** The processes that answer visitors. */
  readonly servers: readonly number[];
  /** The processes that they ask at each hit. */
  readonly stores: readonly number[];
  /** Whether a cell can be measured. Default: all can. */
  serves?(cell: Cell): boolean;
  /** Puts pages where hits find them. */
  fill(paths: readonly string[]): Promise<void>;
  /** Whether an answer says that it came from the cache; for those that have nothing else to answer from, always. */
  isHit(answer: Answer): boolean;
}
