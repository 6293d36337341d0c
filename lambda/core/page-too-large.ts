/** Thrown by a view whose answer is larger than any page may be, so that it need not be read to its end. */
export class PageTooLargeError extends Error {
  public constructor(limit: number) {
    super(`the rendering is larger than ${limit} bytes`);
    this.name = 'PageTooLargeError';
  }
}
