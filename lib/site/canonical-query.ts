/*
 * This file runs twice: here, and inside nginx (njs), bundled by `npm run build`. njs knows no `for … of`, no
 * destructuring and no classes; none of them may be used.
 */

/** Which parameters of a query are part of the key and reach the origin. A name ending in `*` stands for all that begin so. */
export type CanonicalQueryPolicy =
  | { policy: 'none' }
  | { policy: 'all' }
  | { policy: 'only'; names: readonly string[] }
  | { policy: 'except'; names: readonly string[] };

interface Parameter {
  readonly text: string;
  readonly name: string;
  readonly position: number;
}

/**
 * The one way to write a query: the parameters that the policy keeps, byte for byte as they were sent, sorted by name;
 * those of one name keep their order. Empty parameters (`a&&b`) are left out.
 *
 * @param raw visible ASCII, without `?`.
 */
export function canonicalQuery(raw: string, policy: CanonicalQueryPolicy): string {
  if (policy.policy === 'none') {
    return '';
  }
  return raw
    .split('&')
    .map(toParameter)
    .filter((parameter) => parameter.text !== '' && keeps(policy, parameter.name))
    .sort(byNameThenPosition)
    .map((parameter) => parameter.text)
    .join('&');
}

function toParameter(text: string, position: number): Parameter {
  const equals = text.indexOf('=');
  return { text: text, name: decodeName(equals < 0 ? text : text.slice(0, equals)), position: position };
}

// `%75tm_source` is `utm_source` to every application: names are compared as applications read them.
function decodeName(name: string): string {
  return name
    .replace(/\+/g, ' ')
    .replace(/%([0-9A-Fa-f]{2})/g, (_: string, hex: string) => String.fromCharCode(parseInt(hex, 16)));
}

function keeps(policy: Exclude<CanonicalQueryPolicy, { policy: 'none' }>, name: string): boolean {
  if (policy.policy === 'all') {
    return true;
  }
  const listed = policy.names.some((pattern) =>
    pattern.charAt(pattern.length - 1) === '*' ? name.indexOf(pattern.slice(0, -1)) === 0 : name === pattern,
  );
  return listed === (policy.policy === 'only');
}

// The position decides between equals: not every engine's sort is stable.
function byNameThenPosition(a: Parameter, b: Parameter): number {
  if (a.name !== b.name) {
    return a.name < b.name ? -1 : 1;
  }
  return a.position - b.position;
}
