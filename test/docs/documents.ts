import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

export const root = join(__dirname, '..', '..');

/** A piece of a document between two lines of ```. */
export interface Block {
  /** What stands behind the first ```: `ts`, `sh`, or nothing. */
  readonly language: string;
  readonly text: string;
  /** The document and the line, to be found by. */
  readonly place: string;
}

/** A document in Markdown. */
export interface Document {
  /** Its path from the root. */
  readonly path: string;
  readonly text: string;
  readonly blocks: readonly Block[];
  /** The text without its blocks, whose lines are left empty. */
  readonly prose: string;
}

/** Every document that users read: those of the root, of docs/ and of examples/. */
export const documents: readonly Document[] = ['.', 'docs', 'examples']
  .flatMap((folder) =>
    readdirSync(join(root, folder), { recursive: folder === 'examples' }).map((name) => join(folder, String(name))),
  )
  .filter((path) => path.endsWith('.md') && !path.includes('node_modules') && path !== 'API.md')
  .sort()
  .map((path) => read(path));

function read(path: string): Document {
  const text = readFileSync(join(root, path), 'utf8');
  const blocks: Block[] = [];
  const prose = text.replace(
    /^( *)```([^\n]*)\n(.*?)^\1```$/gms,
    (whole, indent: string, language: string, inner: string, at: number) => {
      const line = text.slice(0, at).split('\n').length;
      blocks.push({ language, text: inner.replace(new RegExp(`^${indent}`, 'gm'), ''), place: `${path}:${line}` });
      return '\n'.repeat(whole.split('\n').length - 1);
    },
  );
  return { path, text, blocks, prose };
}

/** The names by which GitHub finds the headings of a document. */
export function anchorsOf({ prose }: Document): Set<string> {
  const anchors = new Set<string>();
  for (const [, heading = ''] of prose.matchAll(/^#{1,6} +(.+?) *$/gm)) {
    const slug = heading
      .toLowerCase()
      .replace(/\[([^\]]*)\]\([^)]*\)/g, '$1')
      .replace(/[^\p{L}\p{M}\p{N}\p{Pc} -]/gu, '')
      .replaceAll(' ', '-');
    // A second heading of the same words gets a number.
    let anchor = slug;
    for (let next = 1; anchors.has(anchor); next += 1) anchor = `${slug}-${next}`;
    anchors.add(anchor);
  }
  return anchors;
}

/** Where the links of a document lead: as they are written, without those into the web. */
export function linksOf({ prose }: Document): string[] {
  const spans = prose.replace(/`[^`\n]*`/g, '');
  const targets = [...spans.matchAll(/\]\(<?([^)\s>]+)>?(?: "[^"]*")?\)|^\[[^\]]+\]: *(\S+)/gm)];
  return targets.map(([, inline, reference]) => inline ?? reference ?? '').filter((target) => !/^[a-z]+:/.test(target));
}
