import type { Dispatcher } from 'undici';
import { listMembers } from '../core/header-rules';
import type { HeaderPair, PageResponse } from '../core/page';
import { PageTooLargeError } from '../core/page-too-large';

// It ends with its headers (RFC 9110 section 15.4.5); undici would wait for a body of its `Content-Length`, which is another's.
const NOT_MODIFIED = 304;
const READ_CODINGS: ReadonlySet<string> = new Set(['chunked', 'identity']);

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
        // The parser would give the bytes of another coding for those of the body: RFC 9112 section 6.1.
        const coding = listMembers(headers, 'Transfer-Encoding').find((name) => !READ_CODINGS.has(name));
        if (coding !== undefined) {
          controller.abort(
            new Error(`the transfer coding ${coding} cannot be read: the application was not told of any`),
          );
          return;
        }
        if (status === NOT_MODIFIED) {
          ended();
          resolve({ status, headers, body: Buffer.of() });
        }
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
