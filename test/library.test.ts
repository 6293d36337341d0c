import { execFile } from 'node:child_process';
import { readdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { CompiledLibrary } from './support/compiled-library';
import { NewcomersProject } from './support/newcomers-project';
import { pythonComplaints } from './support/python-types';

/*
 * What users of the library get in TypeScript, Python, Java, .NET and Go. The modules of the last three are generated, and
 * not compiled: that takes their toolchains, and CDK in their registries.
 */

const run = promisify(execFile);
const root = join(__dirname, '..');

let library: CompiledLibrary;
beforeAll(async () => {
  library = await CompiledLibrary.make();
  const options = ['--code-only', '--no-npmignore', '--outdir', join(library.directory, 'dist')];
  await library.tool('jsii-pacmak', ...options);
  // What the Python module builds on; all else of CDK's is taken for right.
  await library.tool('jsii-pacmak', join('node_modules', 'constructs'), ...options, '--targets', 'python');
}, 120_000);
afterAll(async () => library && rm(library.directory, { recursive: true, force: true }));

const MEGABYTE = 1_000_000;
const KINDS = [
  '*.json',
  '*.md',
  '.jsii',
  'LICENSE',
  'assets/…/*.conf',
  'assets/…/*.css',
  'assets/…/*.d.ts',
  'assets/…/*.html',
  'assets/…/*.js',
  'assets/…/*.lua',
  'assets/…/Dockerfile',
  'docs/*.md',
  'lib/*.d.ts',
  'lib/*.js',
  'lib/site/*.d.ts',
  'lib/site/*.js',
  'lib/site/nginx/*.d.ts',
  'lib/site/nginx/*.js',
];

const generated = (...path: string[]) => join(library.directory, 'dist', ...path);

test('API.md is what the library says: npm run api renews it', async () => {
  await library.tool('jsii-docgen', '--output', 'API.md', '--language', 'typescript');

  const [ours, fresh] = await Promise.all([root, library.directory].map((at) => readFile(join(at, 'API.md'), 'utf8')));
  const known = new Set(ours?.split('\n'));
  expect(
    fresh
      ?.split('\n')
      .filter((line) => !known.has(line))
      .slice(0, 5),
  ).toEqual([]);
  expect(ours?.length).toBe(fresh?.length);
});

test('everything that users see says what it is for, and what happens without it', async () => {
  const types = await library.types();
  const silent = types.flatMap((type) => {
    const parts = [...(type.properties ?? []), ...(type.methods ?? []), ...(type.members ?? [])];
    return [type, ...parts].filter(({ docs }) => !docs?.summary).map(({ name }) => `${type.name}: ${name}`);
  });
  const withoutDefault = types
    .filter(({ datatype }) => datatype)
    .flatMap(({ name, properties = [] }) =>
      properties.filter(({ optional, docs }) => optional && !docs?.default).map((prop) => `${name}: ${prop.name}`),
    );

  expect(types.length).toBeGreaterThan(80);
  expect({ silent, withoutDefault }).toEqual({ silent: [], withoutDefault: [] });
});

test.each([
  ['python', 'src/nginx_memcache_site/__init__.py', 'class NginxMemcacheSite('],
  ['java', 'src/main/java/io/github/nginxmemcachesite/NginxMemcacheSite.java', 'public class NginxMemcacheSite '],
  ['dotnet', 'NginxMemcache.Site/NginxMemcache/Site/NginxMemcacheSite.cs', 'public class NginxMemcacheSite '],
  ['go', 'nginxmemcachesite/NginxMemcacheSite.go', 'func NewNginxMemcacheSite('],
])('there is a module for %s', async (language, file, declaration) => {
  expect(await readFile(generated(language, file), 'utf8')).toContain(declaration);
  // What its functions, its image and its command line are: users of other languages have them in it.
  const { files } = JSON.parse(await readFile(join(root, 'package.json'), 'utf8')) as { files: string[] };
  expect(files).toContain('assets');
});

// A name that is not CDK's: of these only what stands for `site` or is taken from the library.
test.each([
  ['java', 'java', /(?<!\b(?:Duration|App|Stack))\.(\w+)\(/g],
  ['csharp', 'dotnet', /(?<!Duration)(?:\.|new )(\w+)(?:\(| \{)|^ +(\w+) =/gm],
  ['go', 'go', /(?:nms|site)\.(\w+)|(\w+):/g],
])('the names in the documentation of %s are those of its module', async (language, module, names) => {
  const document = await readFile(join(root, 'docs', 'languages.md'), 'utf8');
  const [, block = ''] = new RegExp(`\`\`\`${language}\\n([^\`]*)\`\`\``).exec(document) ?? [];
  const used = [...block.matchAll(names)].map(([, one, other]) => one ?? other);
  const text = await run('grep', ['-rhow', ...used.flatMap((name) => ['-e', name ?? '']), generated(module)]);

  expect(used.length).toBeGreaterThan(4);
  expect(used.filter((name) => !new Set(text.stdout.split('\n')).has(name ?? ''))).toEqual([]);
});

test('the Python module, and the examples, are Python', async () => {
  const where = [generated('python', 'src'), join(root, 'examples', 'python')];
  const cache = { ...process.env, PYTHONPYCACHEPREFIX: join(library.directory, 'pycache') };

  await expect(run('python3', ['-m', 'compileall', '-q', ...where], { env: cache })).resolves.toBeDefined();
});

describe('types in Python', () => {
  const WRONG = `
from aws_cdk import App, Stack
from nginx_memcache_site import NginxMemcacheSite, Origin, RouteRule

site = NginxMemcacheSite(Stack(App(), "Shop"), "Site", origin=Origin.http("https://shop.example"), hosts=["shop.example"])
site.purge_on_deploy()
site.node.add_dependency(site)
NginxMemcacheSite(Stack(App(), "Shop"), "Site", hosts=["shop.example"])
NginxMemcacheSite(Stack(App(), "Shop"), "Site", origin="https://shop.example")
NginxMemcacheSite(Stack(App(), "Shop"), "Site", origin=Origin.http("https://shop.example"), host="shop.example")
site.purge_all()
site.metric_hits(7)
Origin.https("shop.example")
RouteRule(tags=["news"])
site.node.nothing()
`;

  const complaintsOf = (programs: Readonly<Record<string, string>>) =>
    pythonComplaints(library.directory, generated('python', 'src'), programs);

  test('find what is wrong in a program, and nothing else', async () => {
    const complaints = await complaintsOf({ 'wrong.py': WRONG });

    expect(complaints).toEqual([
      'wrong.py:8: Argument missing for parameter "origin"',
      expect.stringMatching(
        /^wrong\.py:9: Argument of type "Literal\['.+'\]" cannot be assigned to parameter "origin"/,
      ),
      'wrong.py:10: No parameter named "host"',
      'wrong.py:11: Cannot access attribute "purge_all" for class "NginxMemcacheSite"',
      'wrong.py:12: Expected 0 positional arguments',
      'wrong.py:13: Cannot access attribute "https" for class "type[Origin]"',
      'wrong.py:14: Argument missing for parameter "path"',
      'wrong.py:15: Cannot access attribute "nothing" for class "Node"',
    ]);
  });

  test('hold in the examples, and in that of the documentation', async () => {
    const directory = join(root, 'examples', 'python');
    const names = (await readdir(directory)).filter((name) => name.endsWith('.py'));
    const texts = await Promise.all(names.map((name) => readFile(join(directory, name), 'utf8')));
    const programs = Object.fromEntries(names.map((name, index) => [name, texts[index] ?? '']));
    const document = await readFile(join(root, 'docs', 'languages.md'), 'utf8');
    const [, documented = ''] = /```python\n([^`]*)```/.exec(document) ?? [];

    expect([names.length, documented]).toEqual([4, expect.stringContaining('app.synth()')]);
    expect(await complaintsOf({ ...programs, 'documented.py': documented })).toEqual([]);
  });
});

describe('the package, as npm packs it', () => {
  let project: NewcomersProject;
  beforeAll(async () => {
    project = await NewcomersProject.make(library.directory);
  });
  afterAll(async () => project && rm(project.directory, { recursive: true, force: true }));

  test('holds what users need, and nothing else', () => {
    // By directory and ending; below assets/ only by ending.
    const kinds = project.files
      .filter((path) => !path.startsWith('node_modules/zod/'))
      .map((path) => path.replace(/^assets\/.*\//, 'assets/…/').replace(/[^/.]+(\.(?:d\.ts|[a-z]+))$/, '*$1'));

    expect([...new Set(kinds)].sort()).toEqual(KINDS);
    expect(project.packedSize).toBeLessThan(12 * MEGABYTE);
    expect(project.unpackedSize).toBeLessThan(48 * MEGABYTE);
  });

  test("synthesizes the README's example in a project that has CDK and nothing else, without a bundler", async () => {
    const readme = await readFile(join(root, 'README.md'), 'utf8');
    const [, example = ''] = /```ts\n(import \{ App[^`]*)```/.exec(readme) ?? [];
    expect(example).toContain('new NginxMemcacheSite(');

    const template = await project.synthesize(example);

    expect(Object.values(template.Resources).map(({ Type }) => Type)).toContain('AWS::ElastiCache::CacheCluster');
  });

  test('has the command line', async () => {
    expect(await project.commandLine('--help')).toContain('nginx-memcache-site');
  });
});
