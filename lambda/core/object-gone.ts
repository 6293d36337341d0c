/** Thrown by a view whose page is an object that does not exist (any more). */
export class ObjectGoneError extends Error {
  public constructor(object: string) {
    super(`there is no object ${object}`);
    this.name = 'ObjectGoneError';
  }
}
