import { setImmediate as pause } from 'node:timers/promises';
import { pipeline } from 'node:stream/promises';
import { type DefaultTreeAdapterTypes as Html, type DefaultTreeAdapterMap, defaultTreeAdapter } from 'parse5';
import { ParserStream } from 'parse5-parser-stream';

// Parsing takes about a quarter of a second of processor time for each MiB, and 50 times the text in memory.
const MOST_CHARACTERS = 512 * 1024;
// Of these at a time a few milliseconds pass; then it is the turn of other requests.
const PIECE = 16 * 1024;
// As deep as browsers nest, and more than pages have: HTML's rules for misnested tags can take quadratic time.
const MOST_DEPTH = 512;
const MOST_ELEMENTS = 50_000;

// Elements of which every space counts, or whose text is no text: the parser finds it, and it stays as it is.
const UNTOUCHED = new Set(
  'pre textarea listing plaintext xmp script style title iframe noembed noframes noscript svg math'.split(' '),
);
// Where a comment parts texts of which one stays in the table and the other one does not.
const PARTS_OF_TABLES = new Set('table thead tbody tfoot tr'.split(' '));
// Comments that are read by programs: conditions, includes, marks between which frameworks find their nodes again (React,
// Vue, Svelte, Lit, Knockout), licences. Left are those that begin with a word.
const READ_BY_PROGRAMS = /^\s*(?:$|[^\sA-Za-z0-9]|(?:ko|esi|lit|v-if|mfunc|mclude|noindex|googleo(?:n|ff))\b)/i;
const SPACES = /[\t\n\f\r ]{2,}|[\t\n\f\r]/g;
// A text that tags, comments or CDATA stand in: the parser has joined it from several places.
const MARKUP = /<[A-Za-z/!?]/;
const BEGINS_MARKUP = /(?:<[/!?]?|&[#A-Za-z0-9]*)$/;
// `&CounterClockwiseContourIntegral;` is the longest that HTML has.
const LONGEST_REFERENCE = 40;

/** A part of the text, from its first character to before its last, and what comes in its place. */
interface Change {
  readonly from: number;
  readonly to: number;
  readonly text: string;
}

/**
 * An HTML document with fewer characters that every browser builds the same elements and attributes from: runs of white
 * space in texts become one space, and comments that nobody reads go. Everything else stays, character for character.
 *
 * @param html any text whose markup is ASCII, such as the bytes of a page as latin1.
 * @returns undefined for a text that is too long, or made of too many or too deeply nested elements, to be worth the work.
 */
export async function minifyHtml(html: string): Promise<string | undefined> {
  if (html.length > MOST_CHARACTERS) {
    return undefined;
  }
  const document = await parse(html);
  if (document === undefined) {
    return undefined;
  }
  let [minified, at] = ['', 0];
  for (const { from, to, text } of changes(html, document).sort((a, b) => a.from - b.from)) {
    minified += html.slice(at, from);
    // What a comment keeps apart stays apart: `<<!-- -->a` is no tag, and `&am<!-- -->p;` no reference.
    const wouldJoin = text === '' && BEGINS_MARKUP.test(minified.slice(-LONGEST_REFERENCE));
    minified += wouldJoin ? html.slice(from, to) : text;
    at = to;
  }
  return minified + html.slice(at);
}

class TooMuchError extends Error {}

async function parse(html: string): Promise<Html.Document | undefined> {
  let [depth, elements] = [0, 0];
  const parser = new ParserStream<DefaultTreeAdapterMap>({
    sourceCodeLocationInfo: true,
    // Of `noscript`, the text for those who have no scripts is left alone.
    scriptingEnabled: true,
    treeAdapter: {
      ...defaultTreeAdapter,
      onItemPush: () => {
        depth += 1;
        elements += 1;
        if (depth > MOST_DEPTH || elements > MOST_ELEMENTS) throw new TooMuchError();
      },
      onItemPop: () => void (depth -= 1),
    },
  });
  try {
    await pipeline(pieces(html), parser);
    return parser.document;
  } catch (error) {
    if (error instanceof TooMuchError) return undefined;
    throw error;
  }
}

async function* pieces(html: string): AsyncGenerator<string> {
  for (let at = 0; at < html.length; at += PIECE) {
    yield html.slice(at, at + PIECE);
    await pause();
  }
}

function changes(html: string, document: Html.Document): Change[] {
  const found: Change[] = [];
  const waiting: Html.ParentNode[] = [document];
  for (let parent = waiting.pop(); parent !== undefined; parent = waiting.pop()) {
    for (const node of parent.childNodes) {
      const change = changeOf(html, node, parent);
      if (change !== undefined) found.push(change);
      if ('childNodes' in node && !UNTOUCHED.has(node.nodeName) && !showsSpaces(node)) {
        waiting.push('content' in node ? node.content : node);
      }
    }
  }
  return found;
}

function changeOf(
  html: string,
  { nodeName, sourceCodeLocation }: Html.ChildNode,
  parent: Html.ParentNode,
): Change | undefined {
  if (!sourceCodeLocation) {
    return undefined;
  }
  const { startOffset: from, endOffset: to } = sourceCodeLocation;
  const raw = html.slice(from, to);
  if (nodeName === '#text') {
    return MARKUP.test(raw) ? undefined : { from, to, text: raw.replace(SPACES, ' ') };
  }
  const words = nodeName === '#comment' ? /^<!--([^]*)-->$/.exec(raw)?.[1] : undefined;
  const goes = words !== undefined && !READ_BY_PROGRAMS.test(words) && !PARTS_OF_TABLES.has(parent.nodeName);
  return goes ? { from, to, text: '' } : undefined;
}

// Of style sheets nothing is known; of an element's own style it is.
function showsSpaces({ attrs }: Html.Element): boolean {
  return attrs.some(({ name, value }) => name === 'style' && /white-space/i.test(value));
}
