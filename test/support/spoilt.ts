import fc from 'fast-check';

/** What stands in events where something else should: of every type, and what JavaScript gives a meaning to. */
const nonsense: fc.Arbitrary<unknown> = fc.oneof(
  fc.constantFrom<unknown>(
    undefined,
    null,
    true,
    0,
    -1,
    1e21,
    '',
    ' ',
    '%',
    '\ud800',
    '\r\n',
    'constructor',
    '__proto__',
  ),
  fc.constantFrom<unknown>([], {}, [null], [[]], { length: 1 }, { toString: 1 }, '{', '[]', '"x"', 'aws:sqs', 'aws:s3'),
  fc.string({ unit: 'binary', maxLength: 12 }),
  fc.anything({ maxDepth: 2, withNullPrototype: true }),
);

type Path = readonly (string | number)[];

/** A copy of something with one to three of its parts replaced by nonsense, left out, or put where others are. */
export function spoilt(whole: unknown): fc.Arbitrary<unknown> {
  const paths = pathsOf(whole);
  const change = fc.record({
    path: fc.constantFrom(...paths),
    value: fc.oneof(
      nonsense.map((value) => ({ value })),
      fc.constant('left out' as const),
      fc.constantFrom(...paths).map((path) => ({ value: partAt(whole, path) })),
    ),
  });
  return fc
    .array(change, { minLength: 1, maxLength: 3 })
    .map((changes) => changes.reduce((event, { path, value }) => changed(event, path, value), structuredClone(whole)));
}

/** What came as JSON: nothing that JSON cannot say. */
export const asJson = (value: unknown): unknown => JSON.parse(JSON.stringify(value) ?? 'null');

function pathsOf(value: unknown, path: Path = []): Path[] {
  const below = typeof value === 'object' && value !== null ? Object.entries(value) : [];
  return [path, ...below.flatMap(([name, part]) => pathsOf(part, [...path, name]))];
}

function partAt(value: unknown, path: Path): unknown {
  return path.reduce((at, name) => (at as Record<string, unknown> | undefined)?.[name], value);
}

function changed(value: unknown, path: Path, to: 'left out' | { readonly value: unknown }): unknown {
  const [name, ...rest] = path;
  if (name === undefined) return to === 'left out' ? undefined : to.value;
  if (typeof value !== 'object' || value === null) return value;
  const copy = (Array.isArray(value) ? [...(value as unknown[])] : { ...value }) as Record<string | number, unknown>;
  if (rest.length > 0 || to !== 'left out') copy[name] = changed(copy[name], rest, to);
  else delete copy[name];
  return copy;
}
