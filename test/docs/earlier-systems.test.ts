import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { tableRows } from './table-rows';

const root = join(__dirname, '..', '..');
const document = readFileSync(join(root, 'docs', 'earlier-systems.md'), 'utf8');

interface Feature {
  readonly there: string;
  readonly tests: readonly string[];
}

const features: Feature[] = tableRows(document, 'there').map(([there = '', , tests = '']) => ({
  there,
  tests: tests.split('<br>'),
}));

// What is left for later has no test yet.
const NOT_YET = ['Redis as the store'];

test('every feature of an earlier system is in the table', () => {
  expect(features).toHaveLength(46);
  expect(features.filter(({ tests }) => tests.includes('–')).map(({ there }) => there)).toEqual(NOT_YET);
});

test.each(features.filter(({ there }) => !NOT_YET.includes(there)))('is shown by tests: $there', ({ tests }) => {
  for (const named of tests) {
    const [, file = '', title = ''] = /^`(test\/[\w/.-]+\.ts)`: (.+)$/.exec(named) ?? [];
    expect({ named, exists: existsSync(join(root, file)) && file !== '' }).toEqual({ named, exists: true });
    // Titles are written as they stand in the source, where a quotation mark may be escaped.
    const source = readFileSync(join(root, file), 'utf8').replaceAll("\\'", "'");
    expect(`${file}: ${source.includes(title) ? title : 'has no such test'}`).toBe(`${file}: ${title}`);
  }
});
