const KEY = String.raw`[a-z*][a-z0-9_.*-]*`;
const BARE_ITEM = [
  String.raw`-?\d{1,12}\.\d{1,3}`, // decimal
  String.raw`-?\d{1,15}`, // integer
  String.raw`"(?:[\x20\x21\x23-\x5b\x5d-\x7e]|\\["\\])*"`, // string
  String.raw`[A-Za-z*][!#$%&'*+.^_\x60|~0-9A-Za-z:/-]*`, // token
  String.raw`:[A-Za-z0-9+/=]*:`, // bytes
  String.raw`\?[01]`, // boolean
  String.raw`@-?\d{1,15}`, // date
  String.raw`%"(?:[\x20\x21\x23\x24\x26-\x7e]|%[0-9a-f]{2})*"`, // display string
].join('|');
const PARAMETERS = `(?:; *${KEY}(?:=(?:${BARE_ITEM}))?)*`;
const ITEM = `(?:${BARE_ITEM})${PARAMETERS}`;
const INNER_LIST = String.raw`\( *(?:${ITEM}(?: +${ITEM})* *)?\)`;
const MEMBER = `(${KEY})(?:=(${INNER_LIST}|${BARE_ITEM}))?${PARAMETERS}`;

/**
 * Reads a Dictionary of RFC 9651 section 4.2.2. Parameters are checked and left out.
 *
 * @returns each member's value as it is written (`?1` where it has none; the last one of a repeated key); undefined when
 * the text is not a Dictionary.
 */
export function parseDictionary(text: string): Map<string, string> | undefined {
  const members = new Map<string, string>();
  const member = new RegExp(MEMBER, 'y');
  const separator = /[ \t]*,[ \t]*/y;
  const input = text.replace(/^ +| +$/g, '');
  for (let at = 0; at < input.length; at = separator.lastIndex) {
    member.lastIndex = at;
    const found = member.exec(input);
    if (found?.[1] === undefined) {
      return undefined;
    }
    members.set(found[1], found[2] ?? '?1');
    if (member.lastIndex === input.length) {
      return members;
    }
    separator.lastIndex = member.lastIndex;
    if (!separator.test(input) || separator.lastIndex === input.length) {
      return undefined;
    }
  }
  return members;
}
