import { NotStorableError } from './not-storable';

/** Thrown by a view whose answer is larger than any page may be, so that it need not be read to its end. */
export class PageTooLargeError extends NotStorableError {
  public constructor(limit: number) {
    super('too-large', `the rendering is larger than ${limit} bytes`);
    this.name = 'PageTooLargeError';
  }
}
