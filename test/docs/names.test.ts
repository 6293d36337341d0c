import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as library from '../../lib';
import { documents, root } from './documents';

// The changelog also tells of names that there were.
const living = documents.filter(({ path }) => path !== 'CHANGELOG.md');

/** What stands between backticks. */
const spansOf = (prose: string) => [...prose.matchAll(/`([^`\n]+)`/g)].map(([, span = '']) => span);

const SOURCES = ['bin', 'lambda', 'lib', 'local', 'nginx'];
const words = new Set(
  SOURCES.flatMap((folder) =>
    readdirSync(join(root, folder), { recursive: true }).map((name) => join(folder, String(name))),
  )
    .filter((path) => /\.(?:ts|lua|conf)$/.test(path) && !path.endsWith('.d.ts'))
    .flatMap((path) => readFileSync(join(root, path), 'utf8').match(/\w+/g) ?? []),
);
// Of AWS's CDK, of Node, and of what pages may hold.
const OF_OTHERS = new Set(['addPlugins', 'cacheTagConfig', 'csrfToken', 'ecsService', 'headerName', 'timingSafeEqual']);

/** The names in camelCase, as props, methods and fields have them, which are nowhere in the source. */
function unknownNames(prose: string): string[] {
  const names = spansOf(prose).flatMap((span) => span.match(/\b[a-z]+(?:[A-Z][a-z0-9]*)+\b/g) ?? []);
  return names.filter((name) => !words.has(name) && !OF_OTHERS.has(name));
}

/** What is said to be a static member of one of the library's classes or enums, and is none. */
function unknownMembers(prose: string): string[] {
  const members = spansOf(prose).flatMap((span) => [...span.matchAll(/(?<![\w.])([A-Z]\w+)\.(\w+)/g)]);
  return members
    .filter(([, name = '', member = '']) => {
      const owner = (library as Record<string, object | undefined>)[name];
      return owner !== undefined && !Object.hasOwn(owner, member);
    })
    .map(([text]) => text);
}

test.each(living)('every name in $path is one of the source', ({ prose }) => {
  expect(unknownNames(prose)).toEqual([]);
  expect(unknownMembers(prose)).toEqual([]);
});

/** What a program in Python imports from the library and is not there, and what it calls that nothing of the source is named like. */
function unknownInPython(text: string): string[] {
  const imported = [...text.matchAll(/^from nginx_memcache_site import (?:\(([^)]*)\)|(.*))$/gm)];
  const names = imported.flatMap(([, many, one]) => (many ?? one ?? '').split(',')).map((name) => name.trim());
  const used = [...text.matchAll(/(?:\.|[(,] *)([a-z]+(?:_[a-z0-9]+)+)(?= *[(=])/g)].map(([, name = '']) => name);
  const inTypeScript = (name: string) => name.replace(/_([a-z0-9])/g, (_, letter: string) => letter.toUpperCase());
  return [
    ...names.filter((name) => name !== '' && !Object.hasOwn(library, name)),
    ...used.filter((name) => !words.has(inTypeScript(name))),
  ];
}

const stacks = documents
  .flatMap(({ blocks }) => blocks)
  .filter(({ text }) => text.includes('nginx_memcache_site import'));

test.each(stacks)('the stack in Python has the names of the library: $place', ({ text }) => {
  expect(unknownInPython(text)).toEqual([]);
});

test('a name that there is not is found', () => {
  const prose =
    '`negativeTtl` `negativeTime: 1` `PageCache.cluster()` `PageCache.redis()` `PageIndexing.NONE`, `PageIndexing.SOME`';
  expect(unknownNames(prose)).toEqual(['negativeTime']);
  expect(unknownMembers(prose)).toEqual(['PageCache.redis', 'PageIndexing.SOME']);
  const stack =
    'from nginx_memcache_site import Site, Origin\nsite = Site(self, "S", site_name="a", the_origin=b)\nsite.purge_on_deploy()\nsite.purge_on_monday()\n';
  expect(unknownInPython(stack)).toEqual(['Site', 'the_origin', 'purge_on_monday']);
});

test('what is taken for the name of others is not ours', () => {
  expect([...OF_OTHERS].filter((name) => words.has(name))).toEqual([]);
});
