import { gzipSync } from 'node:zlib';

/** A page in both forms. */
export interface Page {
  readonly plain: Buffer;
  readonly gzip: Buffer;
}

const WORDS =
  'the of and to in a is that for it as was with be by on not he his but at are this have from or had an they which one';
const known = new Map<string, Page>();

/** The page at a path, which says how large it is: text that compresses about as well as a web page does. */
export function pageAt(path: string): Page {
  const page = known.get(path) ?? makePage(path);
  known.set(path, page);
  return page;
}

function makePage(path: string): Page {
  const size = Number(/^\/(\d+)kb\//.exec(path)?.[1]) * 1000;
  const words = WORDS.split(' ');
  // A linear congruential generator (Numerical Recipes), seeded by the page's number: the same pages in every run.
  let state = Number(/(\d+)\.html$/.exec(path)?.[1]);
  let text = `<!doctype html><title>${path}</title>`;
  while (text.length < size) {
    state = (state * 1_664_525 + 1_013_904_223) % 2 ** 32;
    const word = words[(state >>> 16) % words.length] ?? '';
    text += state % 11 === 0 ? `<p class="item">${state}</p>\n` : `${word} `;
  }
  const plain = Buffer.from(text.slice(0, size), 'latin1');
  return { plain, gzip: gzipSync(plain) };
}
