// What a terminal obeys instead of showing it, or shows in another order: stored headers and other sites' answers may have any of it.
const UNPRINTABLE = /(?![\n\t])[\p{Cc}\p{Bidi_Control}\p{Zl}\p{Zp}]/gu;

/** A text that a terminal shows as it is. In JSON, what is written in place of a character means the same. */
export function printable(text: string): string {
  return text.replace(UNPRINTABLE, (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`);
}

/** Writes a line to standard output. */
export function print(text: string): void {
  console.log(printable(text));
}

/** Writes a line to standard error. */
export function printError(text: string): void {
  console.error(printable(text));
}
