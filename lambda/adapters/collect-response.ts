import type { Dispatcher } from 'undici';
import type { HeaderPair, PageResponse } from '../core/page';
import { PageTooLargeError } from '../core/page-too-large';

/**
 * Sends a request and collects its whole answer: headers as they were sent, in their order, the body undecoded.
 *
 * @throws what the connection fails with (a body that ends early, broken framing), the signal's reason, PageTooLargeError.
 */
export function collectResponse(
  dispatcher: Dispatcher,
  request: Pick<Dispatcher.DispatchOptions, 'method' | 'path' | 'headers'>,
  signal: AbortSignal,
  mostBytes: number,
): Promise<PageResponse> {
  return new Promise((resolve, reject) => {
    let status = 0;
    let headers: HeaderPair[] = [];
    let length = 0;
    const chunks: Buffer[] = [];
    let stop: (() => void) | undefined;
    const ended = () => stop && signal.removeEventListener('abort', stop);
    dispatcher.dispatch(request, {
      onRequestStart(controller) {
        stop = () => controller.abort(signal.reason as Error);
        if (signal.aborted) stop();
        else signal.addEventListener('abort', stop, { once: true });
      },
      onResponseStart(controller, statusCode) {
        status = statusCode;
        headers = headerPairs(controller.rawHeaders ?? []);
      },
      onResponseData(controller, chunk) {
        length += chunk.length;
        if (length > mostBytes) controller.abort(new PageTooLargeError(mostBytes));
        else chunks.push(chunk);
      },
      onResponseEnd() {
        ended();
        resolve({ status, headers, body: Buffer.concat(chunks) });
      },
      onResponseError(_, error) {
        ended();
        reject(error);
      },
    });
  });
}

/** @param raw names and values in turn; undici gives them as they came, but says so in no type. */
function headerPairs(raw: NonNullable<Dispatcher.DispatchController['rawHeaders']>): HeaderPair[] {
  const texts = (raw as Buffer[]).map((text) => text.toString('latin1'));
  // The parser leaves what stands between a value and the line's end, which is not the value's: RFC 9110 section 5.5.
  const value = (text = '') => text.replace(/[ \t]+$/, '');
  return texts.flatMap((name, i) => (i % 2 === 0 ? [[name, value(texts[i + 1])] as const] : []));
}
