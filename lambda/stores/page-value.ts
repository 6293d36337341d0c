import type { PublishToken, Taken } from '../core/page-store';

/** Which state of a key a value that was found there stands for: nothing is a lease, a response is a page. */
export function foundState(value: Buffer, token: PublishToken): Taken {
  if (value.length === 0) {
    return { state: 'lease', token, value };
  }
  return { state: value.subarray(0, 7).toString('latin1') === 'HTTP/1.' ? 'page' : 'pass', token, value };
}
