// A first form; see the real one.
import { build } from 'esbuild';
import { cpSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');

/** Bundles what runs outside of CDK into assets/. */
export async function buildAssets() {
  const staticFiles = join(root, 'assets', 'image', 'nginx');
  mkdirSync(staticFiles, { recursive: true });
  for (const name of readdirSync(join(root, 'nginx')).filter((name) => name.endsWith('.conf'))) {
    cpSync(join(root, 'nginx', name), join(staticFiles, name));
  }
  writeFileSync(join(staticFiles, 'canonical-query.js'), await njsModule());
}

// njs knows `export default` and no other form of it.
async function njsModule() {
  const result = await build({
    stdin: { contents: "import { canonicalQuery } from './lib/site/canonical-query'; export default { canonicalQuery };", resolveDir: root },
    bundle: true, format: 'esm', target: 'es2015', write: false,
  });
  return result.outputFiles[0].text.replace(/export \{\s*(\w+) as default\s*\};/, 'export default $1;');
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  await buildAssets();
}
