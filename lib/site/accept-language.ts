/*
 * This file runs twice: here, and inside nginx (njs), bundled by `npm run build`. njs knows no `for … of`, no
 * destructuring and no classes; none of them may be used.
 */

// A browser's has below 200 characters. A header of thousands of ranges would cost more than a page.
const LONGEST = 1000;
// RFC 9110 section 12.5.4, and section 12.4.2 for the weight.
const RANGE =
  /^[ \t]*([A-Za-z]{1,8}(?:-[A-Za-z0-9]{1,8})*|\*)[ \t]*(?:;[ \t]*[Qq]=(0(?:\.[0-9]{0,3})?|1(?:\.0{0,3})?)[ \t]*)?$/;

interface LanguageRange {
  /** In lower case. */
  readonly tag: string;
  readonly weight: number;
  readonly position: number;
}

/**
 * The language that an `Accept-Language` asks for: of its ranges, the heaviest first and of equals the first, by lookup
 * (RFC 4647 section 3.4): `de-AT` finds `de-AT`, else `de`, never `de-CH`. `*` stands for the first language that no other
 * range is about. What cannot be read counts for nothing; neither does a header of more than 1000 characters.
 *
 * @param languages every language there is. The first is what a request without a wish that can be met gets.
 */
export function negotiateLanguage(header: string, languages: readonly string[]): string {
  const ranges = header.length > LONGEST ? [] : header.split(',').map(toRange).filter(isReadable);
  const refused = ranges.filter((range) => range.weight === 0).map((range) => range.tag);
  const wanted = ranges.filter((range) => range.weight > 0).sort(byWeightThenPosition);
  const acceptable = languages.filter((language) => !refused.some((tag) => isWithin(language, tag)));
  for (let i = 0; i < wanted.length; i += 1) {
    const tag = (wanted[i] as LanguageRange).tag;
    const found =
      tag === '*'
        ? acceptable.find((language) => !wanted.some((other) => isAbout(other.tag, language)))
        : mostExact(acceptable.filter((language) => isWithin(tag, language)));
    if (found !== undefined) {
      return found;
    }
  }
  return languages[0] as string;
}

function toRange(text: string, position: number): LanguageRange | undefined {
  const match = RANGE.exec(text);
  return match === null
    ? undefined
    : {
        tag: (match[1] as string).toLowerCase(),
        weight: match[2] === undefined ? 1 : Number(match[2]),
        position: position,
      };
}

function isReadable(range: LanguageRange | undefined): range is LanguageRange {
  return range !== undefined;
}

// The position decides between equals: not every engine's sort is stable.
function byWeightThenPosition(a: LanguageRange, b: LanguageRange): number {
  return b.weight - a.weight || a.position - b.position;
}

function isAbout(tag: string, language: string): boolean {
  return tag !== '*' && (isWithin(tag, language) || isWithin(language, tag));
}

/** Whether a language is another one, or a narrower form of it: `de-AT` is within `de`. */
function isWithin(language: string, other: string): boolean {
  return (language.toLowerCase() + '-').indexOf(other.toLowerCase() + '-') === 0;
}

function mostExact(languages: readonly string[]): string | undefined {
  return languages.reduce<string | undefined>(
    (best, language) => (best === undefined || language.length > best.length ? language : best),
    undefined,
  );
}
