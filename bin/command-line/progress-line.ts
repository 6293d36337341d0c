import { clearLine, cursorTo } from 'node:readline';

/** A terminal, or something that is none. */
export interface ProgressStream extends NodeJS.WritableStream {
  readonly isTTY?: boolean;
  readonly columns?: number;
}

const BAR = 24;

/** One line of a terminal that says how far something is. Where there is no terminal it says nothing. */
export class ProgressLine {
  private shown = false;

  public constructor(private readonly stream: ProgressStream) {}

  /** @param text is cut where the line ends. */
  public show(done: number, all: number, text: string): void {
    if (this.stream.isTTY !== true) return;
    const filled = all === 0 ? 0 : Math.round((BAR * Math.min(done, all)) / all);
    const line = `[${'#'.repeat(filled).padEnd(BAR)}] ${text}`;
    this.wipe();
    // A line that is as wide as the terminal goes on in the next one.
    this.stream.write(line.slice(0, (this.stream.columns ?? 80) - 1));
    this.shown = true;
  }

  /** Takes the line away. */
  public end(): void {
    if (this.shown) this.wipe();
    this.shown = false;
  }

  private wipe(): void {
    cursorTo(this.stream, 0);
    clearLine(this.stream, 0);
  }
}
