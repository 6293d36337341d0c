/** Writes something that happened, with what it concerns. */
export type Log = (event: string, details: Readonly<Record<string, unknown>>) => void;

/** A log of one JSON line for each event, on standard error. Of an error its stack is kept: logs are not for visitors. */
export const logJson: Log = (event, details) => {
  const plain = Object.entries(details).map(([name, value]) => [name, value instanceof Error ? value.stack : value]);
  process.stderr.write(`${JSON.stringify({ event, ...Object.fromEntries(plain) })}\n`);
};
