import { UsageError } from './exit-codes';

/**
 * Reads headers as they are given on the command line: `Cookie: a=b`.
 *
 * @throws UsageError for a line that has no name.
 */
export function headersOf(lines: readonly string[]): [name: string, value: string][] {
  return lines.map((line) => {
    const [, name, value = ''] = /^([^\s:]+):\s*(.*)$/s.exec(line) ?? [];
    if (name === undefined) {
      throw new UsageError(`--header must be a name and a value, such as 'Cookie: a=b', got: ${line}`);
    }
    return [name, Buffer.from(value, 'utf8').toString('latin1')];
  });
}
