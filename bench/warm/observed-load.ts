/** The requests that a server was sent: when each came, and how many were under way. */
export class ObservedLoad {
  private readonly times: number[] = [];
  private underWay = 0;
  private most = 0;

  /** @param now milliseconds. */
  public begin(now: number): void {
    this.times.push(now);
    this.most = Math.max(this.most, (this.underWay += 1));
  }

  public end(): void {
    this.underWay -= 1;
  }

  public get count(): number {
    return this.times.length;
  }

  /** The most that were under way at once. */
  public get mostAtOnce(): number {
    return this.most;
  }

  /** Requests a second between the first and the last. */
  public get perSecond(): number {
    const [first, last] = [this.times[0], this.times.at(-1)];
    return first === undefined || last === undefined || last === first
      ? this.times.length
      : (this.times.length - 1) / ((last - first) / 1000);
  }

  /** The most requests that came within a time, wherever it begins. */
  public busiest(milliseconds: number): number {
    let [from, most] = [0, 0];
    this.times.forEach((time, i) => {
      while (time - (this.times[from] ?? 0) >= milliseconds) from += 1;
      most = Math.max(most, i - from + 1);
    });
    return most;
  }
}
