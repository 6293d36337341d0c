import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { anchorsOf, type Document, documents, linksOf, root } from './documents';

const byPath = new Map(documents.map((document) => [document.path, document]));

/** Where a link of a document leads: a path from the root, and a heading there. */
function destination(from: Document, link: string): { readonly path: string; readonly anchor?: string } {
  const [path = '', anchor] = link.split('#');
  const target = path === '' ? from.path : join(dirname(from.path), decodeURIComponent(path));
  return { path: target, anchor };
}

/** What is wrong with a link; undefined when nothing is. */
function fault(from: Document, link: string): string | undefined {
  const { path, anchor } = destination(from, link);
  if (path.startsWith('..')) return `${link}: leads out of the project`;
  if (!byPath.has(path) && !existsSync(join(root, path))) return `${link}: there is no ${path}`;
  if (anchor === undefined) return undefined;
  const document = byPath.get(path);
  return document !== undefined && anchorsOf(document).has(anchor) ? undefined : `${link}: no such heading in ${path}`;
}

test.each(documents)('every link of $path leads somewhere', (document) => {
  expect(linksOf(document).flatMap((link) => fault(document, link) ?? [])).toEqual([]);
});

test('every document is found from the README by links', () => {
  const found = new Set(['README.md']);
  for (const path of found) {
    const document = byPath.get(path);
    if (document !== undefined) linksOf(document).forEach((link) => found.add(destination(document, link).path));
  }
  expect(documents.map(({ path }) => path).filter((path) => !found.has(path))).toEqual([]);
});

// Two links that lead to nowhere, and a heading of which GitHub makes another name than one would think.
test('a link that leads nowhere is found', () => {
  const document: Document = {
    path: 'docs/made-up.md',
    text: '',
    blocks: [],
    prose:
      '# A `cache`, of all?\n[a](aws.md) [b](nowhere.md) [c](aws.md#nowhere) [d](#a-cache-of-all) [e](#nowhere) `[f](code.md)`',
  };
  byPath.set(document.path, document);
  expect(linksOf(document).flatMap((link) => fault(document, link) ?? [])).toEqual([
    'nowhere.md: there is no docs/nowhere.md',
    'aws.md#nowhere: no such heading in docs/aws.md',
    '#nowhere: no such heading in docs/made-up.md',
  ]);
});
