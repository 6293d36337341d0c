import { existsSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { canBuildImage } from './scripts/build-image.mjs';

// What is published for `import` only; jest requires.
const ESM_ONLY = 'parse5|parse5-parser-stream|entities';

// Suites about what happens behind nginx, which another nginx changes nothing in.
const BEHIND_NGINX = [
  'bucket-pages',
  'faults',
  'freshness',
  'invalidation',
  'minify',
  'negative-pages',
  'origin-function',
  'pages',
  'purge',
  'pushed-pages',
  'refresh-ahead',
  'stale-if-error',
  'staleness',
  'targeted-fields',
  'validation',
  'validators',
  'vary',
  'warm',
  'write-light',
].join('|');

const hasBrowser = existsSync('/usr/bin/chromium');

const common = {
  setupFilesAfterEnv: ['<rootDir>/test/support/watch-memcached-wire.ts'],
  roots: ['<rootDir>/test'],
  transform: {
    '^.+\\.ts$': [
      '@swc/jest',
      { jsc: { target: 'es2022', parser: { syntax: 'typescript' } }, module: { type: 'commonjs' } },
    ],
    [`/node_modules/(?:${ESM_ONLY})/.+\\.js$`]: [
      '@swc/jest',
      { jsc: { target: 'es2022' }, module: { type: 'commonjs' } },
    ],
  },
  transformIgnorePatterns: [`/node_modules/(?!(?:${ESM_ONLY})/)`],
  // As users import it, in examples.
  moduleNameMapper: { '^nginx-memcache-site$': '<rootDir>/lib/index.ts' },
  // Sources before outputs: `npm run build` leaves .js files beside lib/**/*.ts, and a stale one must never be tested.
  moduleFileExtensions: ['ts', 'js', 'mjs', 'cjs', 'json', 'node'],
};

const machine = {
  ...common,
  displayName: 'machine',
  testMatch: ['**/*.test.ts'],
  testPathIgnorePatterns: [
    '/node_modules/',
    '/test/image/',
    ...(hasBrowser ? [] : ['/test/local/inspector-page\\.test']),
  ],
};

// What crosses nginx, once more with the nginx that is deployed, and the container itself.
const image = {
  ...common,
  displayName: 'image',
  testMatch: [
    '**/test/image/*.test.ts',
    '**/test/{site,http,security}/*.test.ts',
    '**/test/lib/site/*key-proof.test.ts',
  ],
  testPathIgnorePatterns: [
    '/node_modules/',
    '/test/security/(?:bounded|fetches|forged-events|infrastructure|memory|private-content|purge-and-write|selections|tokens|two-sites)',
    `/test/(?:site|http)/(?:${BEHIND_NGINX})`,
  ],
  setupFiles: ['<rootDir>/test/support/use-image.ts'],
  globalSetup: '<rootDir>/test/support/image-setup.mjs',
  globalTeardown: '<rootDir>/test/support/image-teardown.mjs',
};

if (!canBuildImage()) {
  console.error('the tests of the image are left out: to build and run it takes root on Linux');
}
if (!hasBrowser) {
  console.error('the test of the inspector in a browser is left out: there is no /usr/bin/chromium');
}

/** @type {import('jest').Config} */
export default {
  projects: canBuildImage() ? [machine, image] : [machine],
  testSequencer: '<rootDir>/test/support/sequencer.mjs',
  testTimeout: 60_000,
  // Also on two processors: tests wait for servers more than they compute. Memory that modules leave grows with each file.
  maxWorkers: Math.max(2, availableParallelism() - 1),
  workerIdleMemoryLimit: '1GB',
  // A test that fails may leave a server running; the run must still end.
  forceExit: true,
};
