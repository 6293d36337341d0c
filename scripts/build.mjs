// Makes assets/: what runs outside of CDK, bundled, so that users of the library need no bundler. Run as a script, it also
// compiles the library with jsii; with `--assets` it does not, which is all that `cdk synth` needs in a clone.
import { spawnSync } from 'node:child_process';
import {
  chmodSync,
  copyFileSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const assets = join(root, 'assets');
// What bundles are made from. When none of it is newer than the last build, there is nothing to do.
const SOURCES = ['lib/site', 'lambda', 'nginx', 'bin', 'local', 'scripts/build.mjs', 'package-lock.json'];
const STAMP = '.built';
// What users import into programs of their own, as `exports` of package.json says: each is lambda/<name>/index.ts.
const ENTRY_POINTS = ['values', 'pages'];

/** Bundles what runs outside of CDK into assets/, unless it is there already. */
export async function buildAssets() {
  const newest = Math.max(...SOURCES.map((name) => newestIn(join(root, name))));
  const stamp = join(assets, STAMP);
  if (existsSync(stamp) && statSync(stamp).mtimeMs > newest) {
    return;
  }
  const { build } = await import('esbuild');
  // Made aside and put in place as a whole: a site that is being synthesized meanwhile finds the old ones or the new ones.
  const fresh = mkdtempSync(join(root, '.assets-'));
  try {
    await bundleInto(fresh, build);
    chmodSync(fresh, 0o755);
    rmSync(assets, { recursive: true, force: true });
    renameSync(fresh, assets);
  } finally {
    rmSync(fresh, { recursive: true, force: true });
  }
}

// For what is large, and mostly not ours. An error shows the line that it is of.
const SMALL = { minify: true, sourcemap: false, lineLimit: 200 };

// The stand-in for DynamoDB requires files by names that it makes; esbuild finds those that end as files do.
const namedByExtension = {
  name: 'named-by-extension',
  setup({ onLoad }) {
    onLoad({ filter: /[\\/]dynalite[\\/]index\.js$/ }, ({ path }) => ({
      contents: readFileSync(path, 'utf8').replace(/require\(('[.\w/]+\/') \+ (\w+)\)/g, "require($1 + $2 + '.js')"),
    }));
  },
};

async function bundleInto(directory, build) {
  const bundle = (entry, outfile, options = {}) =>
    build({
      entryPoints: [join(root, entry)],
      outfile: join(directory, outfile),
      bundle: true,
      platform: 'node',
      target: 'node20',
      sourcemap: 'linked',
      logLevel: 'error',
      ...options,
    });
  await Promise.all([
    bundle('nginx/tier.ts', 'image/tier.js'),
    bundle('lambda/fill/sidecar.ts', 'image/sidecar.js'),
    bundle('lambda/fill-function/index.ts', 'fill-function/index.js'),
    bundle('lambda/purge/index.ts', 'purge/index.js'),
    bundle('lambda/purge-events/index.ts', 'purge-events/index.js'),
    bundle('lambda/write/index.ts', 'write/index.js'),
    bundle('lambda/inspect/index.ts', 'inspect/index.js'),
    bundle('lambda/warm/index.ts', 'warm/index.js'),
    bundle('lambda/warm-events/index.ts', 'warm-events/index.js'),
    bundle('bin/nginx-memcache-site.ts', 'cli/index.js', {
      banner: { js: '#!/usr/bin/env node' },
      // Loaded only for a deployed site.
      external: ['./deployed'],
      supported: { 'dynamic-import': false },
    }),
    bundle('bin/command-line/deployed.ts', 'cli/deployed.js', SMALL),
    bundle('local/start.ts', 'local/index.js', {
      ...SMALL,
      // The stand-in for DynamoDB keeps its tables in memory; what would keep them in files is no JavaScript.
      alias: { level: 'memory-level' },
      plugins: [namedByExtension],
    }),
    ...ENTRY_POINTS.map((name) => bundle(`lambda/${name}/index.ts`, `${name}/index.js`)),
    ...ENTRY_POINTS.map((name) => rollUpTypes(name, join(directory, name, 'index.d.ts'))),
  ]);
  cpSync(join(root, 'local', 'inspector', 'page'), join(directory, 'inspector'), { recursive: true });
  chmodSync(join(directory, 'cli', 'index.js'), 0o755);
  await buildNginxFiles(directory, build);
  writeFileSync(join(directory, STAMP), '');
}

// One file that needs no other: users see what an entry point exports, and nothing of how it is made.
async function rollUpTypes(name, file) {
  const [{ rollup }, { dts }] = await Promise.all([import('rollup'), import('rollup-plugin-dts')]);
  const bundle = await rollup({
    input: join(root, 'lambda', name, 'index.ts'),
    external: /^node:/,
    plugins: [dts({ tsconfig: join(root, 'tsconfig.json') })],
  });
  const { output } = await bundle.write({ file });
  const foreign = output[0].imports.filter((imported) => !imported.startsWith('node:'));
  if (foreign.length > 0) {
    throw new Error(`the types of ${name} need packages that its users do not have: ${foreign.join(', ')}`);
  }
}

async function buildNginxFiles(directory, build) {
  const files = join(directory, 'image', 'nginx');
  mkdirSync(files, { recursive: true });
  for (const name of readdirSync(join(root, 'nginx')).filter((name) => /\.(?:conf|js|lua)$/.test(name))) {
    copyFileSync(join(root, 'nginx', name), join(files, name));
  }
  copyFileSync(join(root, 'nginx', 'Dockerfile'), join(directory, 'image', 'Dockerfile'));
  for (const [name, exported] of Object.entries(NJS_MODULES)) {
    writeFileSync(join(files, name), await njsModule(build, exported));
  }
}

// What nginx runs, too: the file's name there, and what it exports by the sources that have it.
const NJS_MODULES = {
  'canonical-query.js': { canonicalQuery: 'lib/site/canonical-query' },
  'fragments.js': {
    pageHead: 'nginx/fragment-filters',
    pageBody: 'nginx/fragment-filters',
    fragmentHead: 'nginx/fragment-filters',
    fragmentBody: 'nginx/fragment-filters',
  },
  'variants.js': { negotiateLanguage: 'lib/site/accept-language', verifiedValue: 'lib/site/signed-cookie' },
};

// The same source that TypeScript uses, in the form that njs reads: ES2015, and `export default` with a name.
async function njsModule(build, exported) {
  const imports = Object.entries(exported).map(([name, source]) => `import { ${name} } from './${source}';`);
  const contents = `${imports.join(' ')} export default { ${Object.keys(exported).join(', ')} };`;
  const { outputFiles } = await build({
    stdin: { contents, resolveDir: root },
    bundle: true,
    format: 'esm',
    target: 'es2015',
    write: false,
  });
  const text = outputFiles[0].text.replace(/export \{\s*(\w+) as default\s*\};/, 'export default $1;');
  if (text.match(/^export /gm)?.length !== 1) {
    throw new Error('the njs module must have exactly one export, and it must be the default one');
  }
  return text;
}

function newestIn(path) {
  const { mtimeMs } = statSync(path);
  const inside = statSync(path).isDirectory() ? readdirSync(path).map((name) => newestIn(join(path, name))) : [];
  return Math.max(mtimeMs, ...inside);
}

// What was compiled from sources that are no more would be packed, too.
function removeOrphans(directory) {
  for (const name of readdirSync(directory)) {
    const path = join(directory, name);
    if (statSync(path).isDirectory()) {
      removeOrphans(path);
    } else if (/\.(?:js|d\.ts)$/.test(name) && !existsSync(path.replace(/\.(?:js|d\.ts)$/, '.ts'))) {
      rmSync(path);
    }
  }
}

function compileLibrary() {
  removeOrphans(join(root, 'lib'));
  const { status } = spawnSync(
    process.execPath,
    [join(root, 'node_modules', 'jsii', 'bin', 'jsii'), '--silence-warnings=reserved-word'],
    {
      cwd: root,
      stdio: 'inherit',
    },
  );
  process.exitCode = status ?? 1;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  await buildAssets();
  if (!process.argv.includes('--assets')) {
    compileLibrary();
  }
}
