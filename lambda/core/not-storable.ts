import type { StorageReason } from './reasons';

/** Thrown by a view that knows before the end of its rendering that it may not be stored. */
export class NotStorableError extends Error {
  public constructor(
    public readonly reason: StorageReason,
    message = `the rendering may not be stored: ${reason}`,
  ) {
    super(message);
    this.name = 'NotStorableError';
  }
}
