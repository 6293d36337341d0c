import { PassThrough } from 'node:stream';
import { ProgressLine } from '../../bin/command-line/progress-line';

function terminal(isTTY: boolean, columns = 80) {
  const stream = Object.assign(new PassThrough(), { isTTY, columns });
  return { line: new ProgressLine(stream), written: () => String(stream.read() ?? '') };
}
// How terminals go to a line's beginning, and empty it.
const WIPE = '\x1b[1G\x1b[2K';

test('a terminal sees one line, which is taken away at the end', () => {
  const { line, written } = terminal(true);
  line.show(0, 0, 'looking');
  line.show(6, 12, 'half');
  line.show(13, 12, 'more than was planned');
  line.end();
  line.end();
  expect(written()).toBe(
    [
      `${WIPE}[${' '.repeat(24)}] looking`,
      `${WIPE}[${'#'.repeat(12)}${' '.repeat(12)}] half`,
      `${WIPE}[${'#'.repeat(24)}] more than was planned`,
      WIPE,
    ].join(''),
  );
});

test('the line never goes on in the next one', () => {
  const { line, written } = terminal(true, 40);
  line.show(1, 2, 'a long text that does not fit');
  expect(written().slice(WIPE.length)).toHaveLength(39);
});

test('what is no terminal sees nothing', () => {
  const { line, written } = terminal(false);
  line.show(1, 2, 'half');
  line.end();
  expect(written()).toBe('');
});
