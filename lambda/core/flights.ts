/** A place in a flight: the one that leads it does the work, the others wait for what comes of it. */
export interface Seat<T> {
  readonly leads: boolean;
  readonly result: Promise<T>;
}

/** Work that is under way in this process, by key, which simultaneous callers may join while it is open. */
export class Flights<T> {
  private readonly open = new Map<string, Promise<T>>();

  /**
   * Joins the flight of a key or, where none is open, starts one.
   *
   * @param work gets a function that closes the flight to further callers; the end of the work closes it at the latest.
   */
  public join(key: string, work: (close: () => void) => Promise<T>): Seat<T> {
    const flying = this.open.get(key);
    if (flying !== undefined) {
      return { leads: false, result: flying };
    }
    // A closed flight may have a successor under the same key.
    const close = () => {
      if (this.open.get(key) === result) {
        this.open.delete(key);
      }
    };
    // The work begins after the flight is known, so that closing it always finds it.
    const result: Promise<T> = Promise.resolve()
      .then(() => work(close))
      .finally(close);
    this.open.set(key, result);
    return { leads: true, result };
  }
}
