/*
 * This file runs twice: here, and inside nginx (njs), bundled by `npm run build`. njs knows no `for … of`, no
 * destructuring and no classes; none of them may be used.
 */

const OPENING = '<!--#';
const CLOSING = '-->';
// Longer than what nginx takes as the value of a command (`ssi_value_length` in fragments.conf).
const LONGEST = 1100;
/** The only command of server-side includes that is obeyed. A `$` would name one of nginx's variables, such as a cookie. */
const INCLUDE = /^<!--#[ \t]*include[ \t]+virtual="\/[A-Za-z0-9/._~!@:+,=%&?;*()-]{0,1000}"[ \t]*-->$/;
/** How many includes of a page are obeyed: each is a request of its own. */
export const MOST_INCLUDES = 64;

/** What has been seen of a page so far. */
export interface IncludesSeen {
  includes: number;
}

/**
 * Makes every command of server-side includes in a page inert, except for includes of a path of the site: nginx then finds
 * comments. Only `#` becomes a space, so the page stays as long as it is.
 *
 * @param bytes a part of a page, beginning with what was left of the part before; changed in place.
 * @param last whether the page ends with it.
 * @returns how many bytes may be sent; the rest has to come again, with more behind it.
 */
export function keepIncludes(bytes: Buffer, last: boolean, seen: IncludesSeen): number {
  let from = 0;
  for (;;) {
    const at = bytes.indexOf(OPENING, from);
    if (at < 0) {
      return last ? bytes.length : bytes.length - openingAtTheEnd(bytes, from);
    }
    // No further than a command may be long: a page of openings alone would be read as often as it has some.
    const piece = bytes.subarray(at, at + LONGEST);
    const closing = piece.indexOf(CLOSING, OPENING.length);
    if (closing < 0 && !last && piece.length < LONGEST) {
      return at;
    }
    const end = at + closing + CLOSING.length;
    const obeyed = closing >= 0 && seen.includes < MOST_INCLUDES && INCLUDE.test(bytes.toString('utf8', at, end));
    if (obeyed) {
      seen.includes += 1;
      from = end;
    } else {
      bytes[at + OPENING.length - 1] = 0x20;
      from = at + OPENING.length;
    }
  }
}

/** How many bytes at the end may become an opening with what follows. */
function openingAtTheEnd(bytes: Buffer, from: number): number {
  for (let length = OPENING.length - 1; length > 0; length -= 1) {
    const at = bytes.length - length;
    if (at >= from && bytes.toString('utf8', at, bytes.length) === OPENING.slice(0, length)) {
      return length;
    }
  }
  return 0;
}

// The Edge Architecture Specification's, section 3 (W3C note of 2001): `content` is a list of what is to be processed.
const ASKS = /(?:^|,)[ \t]*content="(?:[^"]*[ \t])?SSI\/1\.0(?:[ \t][^"]*)?"/i;

/** Whether a `Surrogate-Control` asks for the page's includes to be replaced. */
export function asksForIncludes(surrogateControl: string): boolean {
  return ASKS.test(surrogateControl);
}

/** Whether a `Content-Type` is HTML in the forms in which nginx knows it: `text/html`, perhaps with a charset alone. */
export function isHtml(contentType: string): boolean {
  return /^text\/html(?:; *charset=[^;]*)?$/i.test(contentType);
}
