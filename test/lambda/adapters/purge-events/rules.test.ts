import { parseEventRules } from '../../../../lambda/adapters/purge-events/rules';

const ARN = 'arn:aws:dynamodb:eu-west-1:123456789012:table/Products';

test.each([[undefined], [''], ['{}']])('without any, no bucket and no table has rules: %p', (json) => {
  expect(parseEventRules(json)).toEqual({ buckets: {}, tables: {} });
});

test('a bucket has a URL, no prefix and index.html; a table has tags', () => {
  const json = JSON.stringify({
    buckets: {
      'pages-bucket': { url: 'https://www.example.com/{key}' },
      Old_Bucket: { url: 'http://www.example.com/shop/{key}.html', prefix: 'public/', index: 'default.htm' },
    },
    tables: { [ARN]: { tags: ['product-{id}', 'all'] } },
  });
  expect(parseEventRules(json)).toEqual({
    buckets: {
      'pages-bucket': { url: 'https://www.example.com/{key}', prefix: '', index: 'index.html' },
      Old_Bucket: { url: 'http://www.example.com/shop/{key}.html', prefix: 'public/', index: 'default.htm' },
    },
    tables: { [ARN]: { tags: ['product-{id}', 'all'] } },
  });
});

const bucket = (rule: unknown) => ({ buckets: { 'pages-bucket': rule } });
const table = (...tags: unknown[]) => ({ tables: { [ARN]: { tags } } });
const url = 'https://www.example.com/{key}';

test.each<[string, unknown, string]>([
  ['no object', [], 'rules: must be an object with buckets and tables, got []'],
  ['an unknown field', { bucket: {} }, 'rules: has unknown fields: bucket'],
  ['an unknown field of a bucket', bucket({ url, path: '/' }), 'rules.buckets.pages-bucket: has unknown fields: path'],
  ['buckets that are none', { buckets: 1 }, 'rules.buckets: must be an object, got 1'],
  ["no bucket's name", { buckets: { 'a/b': { url } } }, "rules.buckets.a/b: must be under a bucket's name"],
  ['no URL', bucket({}), 'rules.buckets.pages-bucket.url: must be a text, got nothing'],
  ...[
    'https://www.example.com/',
    'https://www.example.com/{key}/{key}',
    'https://www.example.com/?key={key}',
    'https://www.example.com/{key}?a=1',
    'https://www.example.com/{key}#a',
    'https://{key}.example.com/',
    'https://{key}/{key}',
    'https://me@www.example.com/{key}',
    'https://www.example.com//{key}',
    'https://exa mple.com/{key}',
    'ftp://www.example.com/{key}',
    '/{key}',
  ].map((bad): [string, unknown, string] => [`the URL ${bad}`, bucket({ url: bad }), "with '{key}' once, in its path"]),
  ['a prefix that ends within a name', bucket({ url, prefix: 'public' }), "prefix: must be a text that ends with '/'"],
  ['an index with a slash', bucket({ url, index: 'a/b' }), "index: must be an object's name without '/'"],
  ["a table's name", { tables: { Products: { tags: ['a'] } } }, "rules.tables.Products: must be under a table's ARN"],
  ['no tags', table(), 'tags: must have at least one tag'],
  ['a tag that is no text', table(1), 'tags.0: must be a text, got 1'],
  ...['', 'two words', 'open-{id', 'id}', '{}', '{a{b}}', 'é'].map((bad): [string, unknown, string] => [
    `the tag '${bad}'`,
    table('fine', bad),
    'tags.1: must be a tag of 1 to 256 visible ASCII characters, with attributes as {name}',
  ]),
])('fails for %s', (_, rules, message) => {
  expect(() => parseEventRules(JSON.stringify(rules))).toThrow(message);
});

test('fails with every fault at once', () => {
  const rules = JSON.stringify({ ...bucket({ url: 1, index: '' }), ...table() });
  expect(() => parseEventRules(rules)).toThrow(/^the event rules have 3 faults:\n {2}.*\n {2}.*\n {2}.*$/);
});

test('fails for what is no JSON', () => {
  expect(() => parseEventRules('{buckets')).toThrow('the event rules must be JSON: ');
});
