import { existsSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { tableRows } from './table-rows';

const root = join(__dirname, '..', '..');
const document = readFileSync(join(root, 'docs', 'http.md'), 'utf8');

const requirements = tableRows(document.slice(document.indexOf('## Requirement by requirement')), 'requirement').map(
  ([requirement = '', rfc = '', site = '', tests = '']) => ({ requirement, rfc, site, tests }),
);

/** The texts that a test's title is made of: what stands for a case's own words is left out. */
const fragments = (title: string) =>
  title
    .split(/…|%[a-z]|[,:] /)
    .map((part) => part.trim())
    .filter((part) => part.length > 2);

test('every requirement says its section, what the site does, and a test', () => {
  expect(requirements.length).toBeGreaterThan(80);
  for (const { rfc, site, tests } of requirements) {
    expect([/^(?:\d{4} \d|none)/.test(rfc), site.length > 1, /^`test\//.test(tests)]).toEqual([true, true, true]);
  }
});

test.each(requirements)('is shown by tests: $requirement', ({ tests }) => {
  let source = '';
  for (const piece of tests.split('; ')) {
    const [, file, title = file === undefined ? piece : ''] =
      /^(?:`(test\/[\w/.-]+)`(?:: (.+))?|.+)$/.exec(piece) ?? [];
    if (file !== undefined) {
      expect({ file, exists: existsSync(join(root, file)) }).toEqual({ file, exists: true });
      // Titles are written as they stand in the source, where a quotation mark may be escaped.
      const isFile = statSync(join(root, file)).isFile();
      source = isFile ? readFileSync(join(root, file), 'utf8').replaceAll("\\'", "'") : '';
    }
    const words = file === undefined ? piece : title;
    for (const fragment of fragments(words)) {
      expect(`${file ?? ''}: ${source.includes(fragment) ? fragment : 'has no such test'}`).toBe(
        `${file ?? ''}: ${fragment}`,
      );
    }
  }
});
