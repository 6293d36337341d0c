import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { exports as entryPoints, typesVersions, version } from '../package.json';
import { type LocalMemcached, startMemcached } from '../local/memcached';

const root = join(__dirname, '..');
const run = promisify(execFile);

let project: string;
let node: LocalMemcached;

/** A user's project: the package as npm would put it there, TypeScript and Node's types, and nothing else. */
beforeAll(async () => {
  project = await mkdtemp(join(tmpdir(), 'nginx-memcache-site-user-'));
  const modules = join(project, 'node_modules');
  await mkdir(join(modules, '@types'), { recursive: true });
  // Without it Node would take the project for a part of whatever is above it.
  await writeFile(join(project, 'package.json'), '{ "private": true }\n');
  await run('npm', ['pack', '--ignore-scripts', '--silent', '--pack-destination', project], { cwd: root });
  await run('tar', ['-xzf', `nginx-memcache-site-${version}.tgz`, '-C', modules], { cwd: project });
  await run('mv', ['package', 'nginx-memcache-site'], { cwd: modules });
  await symlink(join(root, 'node_modules', 'typescript'), join(modules, 'typescript'));
  await symlink(join(root, 'node_modules', '@types', 'node'), join(modules, '@types', 'node'));
  await symlink(join(root, 'node_modules', '@types', 'aws-lambda'), join(modules, '@types', 'aws-lambda'));
  await symlink(join(root, 'node_modules', 'undici-types'), join(modules, 'undici-types'));
  node = await startMemcached();
});
afterAll(async () => {
  await node?.stop();
  await rm(project, { recursive: true, force: true });
});

const installed = (path: string) => join(project, 'node_modules', 'nginx-memcache-site', path);

/** Runs a program of the user's, with the environment that the construct gives. */
async function runProgram(name: string, text: string): Promise<string> {
  await writeFile(join(project, name), text);
  const env = { ...process.env, NMS_SITE_NAME: 'shop', NMS_CACHE_NODES: node.address };
  return (await run(process.execPath, [name], { cwd: project, env })).stdout;
}

/** Checks the types of programs as users would, with what `options` say besides. Answers the compiler's complaints. */
async function complaints(programs: Readonly<Record<string, string>>, ...options: string[]): Promise<string> {
  await Promise.all(Object.entries(programs).map(([name, text]) => writeFile(join(project, name), text)));
  const compiler = join('node_modules', 'typescript', 'bin', 'tsc');
  const flags = ['--noEmit', '--strict', '--target', 'es2022', '--types', 'node', ...options];
  return run(process.execPath, [compiler, ...flags, ...Object.keys(programs)], { cwd: project }).then(
    () => '',
    (error: { stdout: string }) => error.stdout,
  );
}

const USE = `
const values = Values.fromEnvironment({ deadline: 30000 });
values.set('greeting', { hello: 'world' })
  .then(async (stored) => console.log(stored, await values.get('greeting'), ValuesError.name, EnvironmentError.name))
  .finally(() => values.close());`;

test.each([
  ['program.cjs', `const { Values, ValuesError, EnvironmentError } = require('nginx-memcache-site/values');${USE}`],
  ['program.mjs', `import { Values, ValuesError, EnvironmentError } from 'nginx-memcache-site/values';${USE}`],
])('plain Node runs nginx-memcache-site/values without anything else: %s', async (name, text) => {
  expect(await runProgram(name, text)).toBe("true { hello: 'world' } ValuesError EnvironmentError\n");
});

const WRAP = `
try {
  cachePage(async () => 'page');
} catch (error) {
  console.log(error instanceof EnvironmentError, error.faults.map((fault) => fault.split(':')[0]).join(' '), typeof pageCache);
}`;

test.each([
  ['pages.cjs', `const { cachePage, pageCache, EnvironmentError } = require('nginx-memcache-site/pages');${WRAP}`],
  ['pages.mjs', `import { cachePage, pageCache, EnvironmentError } from 'nginx-memcache-site/pages';${WRAP}`],
])('plain Node runs nginx-memcache-site/pages without anything else: %s', async (name, text) => {
  expect(await runProgram(name, text)).toBe('true NMS_SITE_CONFIG NMS_TABLE function\n');
});

const PAGES_TYPED = `
import { createServer } from 'node:http';
import type { ALBHandler, APIGatewayProxyHandlerV2 } from 'aws-lambda';
import { cachePage, pageCache, type PageOptions, type PageRequest, PageOptionsError, withPageCache } from 'nginx-memcache-site/pages';
const tags = ({ host, path, query, variants: { theme } }: PageRequest): string[] => [host, path, query, String(theme)];
const options: PageOptions = { ttl: 60, tags, harmlessCookies: ['ab_*'], host: 'www.example.com' };
declare const given: unknown;
interface Asked { readonly rawPath: string }
export const handler: (event: Asked, context: object) => Promise<{ statusCode: number }> =
  cachePage(async ({ rawPath }: Asked) => ({ statusCode: rawPath === '/' ? 200 : 404 }), options);
export const alb: ALBHandler = cachePage(given as ALBHandler);
export const http: APIGatewayProxyHandlerV2 = cachePage(given as APIGatewayProxyHandlerV2);
export const sync = cachePage((_: Asked, __: unknown, ___: (error?: Error) => void) => Promise.resolve('page'));
export const server = createServer(withPageCache((_, response) => void response.end(), { ...options, behindLoadBalancer: true }));
pageCache({ tags: ['news'] })({} as never, {} as never, (error) => console.log(error instanceof PageOptionsError));
// @ts-expect-error: options that there are not
pageCache({ time: 1 });
// @ts-expect-error: a handler of another event
cachePage<{ path: string }, unknown, string>(async ({ rawPath }: Asked) => rawPath);
`;

const TYPED = `
import { type StorableValue, Values, ValuesError, type ValuesErrorReason, type ValuesOptions } from 'nginx-memcache-site/values';
const options: ValuesOptions = { site: 'shop', nodes: ['127.0.0.1:11211'], tls: { ca: 'PEM' }, ttl: Infinity };
const values = new Values({ ...options, onError: ({ reason }: ValuesError): ValuesErrorReason => reason });
export async function use(anything: StorableValue): Promise<void> {
  const one: string | undefined = await values.get<string>('a');
  const other: string | number = await values.get<string, number>('a', 1);
  const many: Map<string, number> = await values.getMany<number>(['a', one ?? String(other)]);
  const done: boolean = (await values.set('a', anything, { ttl: 1 })) && (await values.add('b', many.size));
  const count: number = (await values.increment('c')) + (await values.decrement('c', Number(done)));
  // @ts-expect-error: what is not there is undefined
  const wrong: string = await values.get<string>(String(count));
  // @ts-expect-error: no value
  await values.set('a', undefined);
  // @ts-expect-error: options that there are not
  new Values({ site: 'shop', nodes: [], servers: wrong });
}
`;

/** The first example of a document that imports anything. */
async function exampleOf(name: string): Promise<string> {
  const document = await readFile(join(root, 'docs', name), 'utf8');
  return /```ts\n(import[^`]*)```/.exec(document)?.[1] ?? '';
}

// What should be a mistake and is none is one, too.
test('its types are complete and strict, and so is the example of the documentation', async () => {
  const example = await exampleOf('values.md');
  expect(example).toContain('Values.fromEnvironment()');
  const wrapped = await exampleOf('pages.md');
  expect(wrapped).toContain('cachePage(');
  const programs = {
    ...{ 'typed.cts': TYPED, 'typed.mts': TYPED, 'example.mts': example },
    ...{ 'pages.cts': PAGES_TYPED, 'pages.mts': PAGES_TYPED, 'wrapped.mts': wrapped },
  };
  expect(await complaints(programs, '--module', 'node16')).toBe('');
});

test.each([
  ['a bundler', ['--module', 'preserve', '--moduleResolution', 'bundler']],
  ['node10', ['--module', 'commonjs', '--moduleResolution', 'node10', '--ignoreDeprecations', '6.0']],
])('its types are found as %s finds them', async (_, options) => {
  const programs = { 'typed.ts': TYPED, 'pages.ts': PAGES_TYPED };
  expect(await complaints(programs, ...options, '--skipLibCheck')).toBe('');
});

test('every entry point is in the package, with types, for old resolvers too', () => {
  const built = existsSync(join(root, 'lib', 'index.js'));
  for (const [name, target] of Object.entries(entryPoints)) {
    const files = typeof target === 'string' ? [target] : Object.values(target);
    // The library itself is compiled by `npm run build` alone.
    const missing = files.filter((file) => !existsSync(installed(file)));
    expect({ name, missing: built || files.some((file) => file.startsWith('./assets')) ? missing : [] }).toEqual({
      name,
      missing: [],
    });
  }
  const ours = Object.keys(entryPoints).filter((name) => /^\.\/[a-z]/.test(name) && !name.endsWith('.json'));
  expect(Object.keys(typesVersions['*']).map((name) => `./${name}`)).toEqual(ours);
});
