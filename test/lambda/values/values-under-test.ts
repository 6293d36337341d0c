import type { Ring } from '../../../lambda/stores/ring';
import type { Values, ValuesSettings } from '../../../lambda/values/index';
import { storedKey } from '../../../lambda/values/key';

/** However busy the machine is, nodes that answer are in time. */
export const PATIENT = { deadline: 30_000 };

/** Values under test on real nodes, with the means to break these. */
export interface ValuesUnderTest {
  readonly nodes: readonly string[];
  /** The ring that nginx would have. */
  readonly ring: Ring;
  open(settings?: ValuesSettings): Values;
  /** Stores something that is not of `Values`, under a key as Memcached has it. */
  storeForeign(storedKey: string, flags: number, data: string): Promise<void>;
  /** Ends a node for good. */
  kill(node: string): Promise<void>;
  /** Ends a node and starts an empty one in its place. */
  restart(node: string): Promise<void>;
  /** Makes a node hang: it accepts, and answers nothing. */
  hang(node: string): void;
  wake(node: string): void;
}

/** A key of a node, another one for each number. */
export function keyOn({ ring }: ValuesUnderTest, node: string, number = 0): string {
  const keys = Array.from({ length: 1000 }, (_, i) => `key-${i}`);
  return keys.filter((key) => ring.nodeOf(storedKey('shop', key)) === node)[number] as string;
}
