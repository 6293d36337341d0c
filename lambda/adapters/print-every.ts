import { setInterval } from 'node:timers';
import type { Print } from './metrics';

/** Lines that are printed every few seconds. */
export interface Printing {
  /** Prints the last one. */
  stop(): Promise<void>;
  /** Prints none any more. */
  cancel(): void;
}

/**
 * Prints a line every few seconds, for as long as the process has something else to do, where there is one, and the last one when it is stopped.
 *
 * @param failed is told why there is none.
 */
export function printEvery(
  seconds: number,
  line: () => Promise<string | undefined> | string | undefined,
  print: Print,
  failed: (error: unknown) => void,
): Printing {
  const tell = async () => {
    try {
      const text = await line();
      if (text !== undefined) print(text);
    } catch (error) {
      failed(error);
    }
  };
  const timer = setInterval(() => void tell(), seconds * 1000).unref();
  const cancel = () => clearInterval(timer);
  return {
    async stop() {
      cancel();
      await tell();
    },
    cancel,
  };
}
