/** A quoted string of nginx's configuration. `$` stays: in a map's pattern it is the pattern's own. */
export function quote(text: string): string {
  return `"${text.replace(/[\\"]/g, '\\$&')}"`;
}

/** nginx's `map`: the value of `variable` from the first pattern that `source` matches. */
export function map(
  source: string,
  variable: string,
  cases: readonly (readonly [pattern: string, value: string])[],
  otherwise: string,
): string {
  const lines = cases.map(([pattern, value]) => `  ${pattern} ${value};\n`).join('');
  return `map ${source} $${variable} {\n  default ${otherwise};\n${lines}}\n`;
}

/** The pattern of a `map` that is a regular expression. */
export function regex(pattern: string, ignoreCase = false): string {
  return quote(`${ignoreCase ? '~*' : '~'}${pattern}`);
}
