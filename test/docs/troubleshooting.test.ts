import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { FILL_REASONS, STORAGE_REASONS } from '../../lambda/core/reasons';
import { bypassRules } from '../../lib/site/eligibility';
import { parseSiteConfig, type SiteConfigInput } from '../../lib/site/site-config';
import { documents, root } from './documents';
import { tableRows } from './table-rows';

const document = documents.find(({ path }) => path === 'docs/troubleshooting.md')?.text ?? '';

/** A part of the document, from its heading to the next one. */
function section(heading: string): string {
  const [, text] = document.split(`\n## ${heading}`);
  if (text === undefined) throw new Error(`troubleshooting.md has no section that begins with '${heading}'`);
  return text.split('\n## ')[0] ?? '';
}

const detailsIn = (text: string) => tableRows(text, '`detail`').map(([detail = '']) => detail.replaceAll('`', ''));
const requests = detailsIn(section('fwd=bypass'));
const pages = detailsIn(section('fwd=uri-miss'));

// Every switch by which more requests bypass.
const SITES: SiteConfigInput[] = [
  {
    site: 'a',
    key: {
      scheme: 'https-bypasses',
      variants: [{ name: 'theme', source: 'cookie', field: 'theme', values: ['light', 'dark'] }],
    },
    eligibility: { bypassPaths: ['/own'], bypassHosts: ['a.example'], requestDirectives: 'honour' },
  },
  { site: 'a', hosts: ['a.example'], compatibility: { preset: 'custom-key', key: 'a' } },
];

test('every reason for which a request is not looked up has a row', () => {
  const reasons = SITES.flatMap((site) => bypassRules(parseSiteConfig(site)).map(({ reason }) => reason));
  // The one that has no detail, and what the site's mode says.
  const expected = new Set([...reasons.filter((reason) => reason !== 'method'), 'observe-only', 'off']);
  expect([...requests].sort()).toEqual([...expected].sort());
});

test('every reason for which a page is not stored has a row', () => {
  const ofWriter = ['writer-unreachable', 'writer-failed', 'key-mismatch'];
  const expected = [...Object.keys(STORAGE_REASONS), ...Object.keys(FILL_REASONS), ...ofWriter];
  expect([...pages].sort()).toEqual(expected.sort());
});

// Where programs that look pages up themselves say why they do not.
test.each([
  ['lambda/pages/decide.ts', 'decide', /\bown\('([a-z-]+)'\)/g],
  ['lambda/pages/http-function-event.ts', 'whyItsVisitorsOwn', /'([a-z-]+)'/g],
])('every reason of %s is named', (path, name, pattern) => {
  const source = readFileSync(join(root, path), 'utf8');
  const [body = ''] = source.slice(source.indexOf(`function ${name}(`)).split('\n}');
  const reasons = [...body.matchAll(pattern)].map(([, reason]) => reason);
  expect(reasons.length).toBeGreaterThan(2);
  expect(reasons.filter((reason) => !section('fwd=bypass').includes(`\`${reason}\``))).toEqual([]);
});

test('every row says what to do', () => {
  const rows = ['fwd=bypass', 'fwd=uri-miss'].flatMap((heading) => tableRows(section(heading), '`detail`'));
  expect(rows.filter((row) => row.length !== 3 || row.some((cell) => cell === ''))).toEqual([]);
});
