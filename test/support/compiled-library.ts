import { execFile } from 'node:child_process';
import { cp, mkdir, mkdtemp, readFile, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

const root = join(__dirname, '..', '..');
const run = promisify(execFile);
const MOST_OUTPUT = 64 * 1024 * 1024;

// What jsii says of a Node that is old, or newer than itself, would bury what it says of the library.
const QUIET = {
  JSII_SILENCE_WARNING_UNTESTED_NODE_VERSION: '1',
  JSII_SILENCE_WARNING_END_OF_LIFE_NODE_VERSION: process.versions.node.split('.')[0],
  // It is packed as it is, and not built once more.
  npm_config_ignore_scripts: 'true',
};

const TEXTS = ['README.md', 'CHANGELOG.md', 'SECURITY.md', 'LICENSE'];
const NEEDED = ['@types', 'aws-cdk-lib', 'constructs'];

/** Something that jsii says of the library: what users of all languages get. */
export interface Documented {
  readonly name: string;
  readonly docs?: { readonly summary?: string; readonly default?: string };
  readonly optional?: boolean;
}

/** A type of the library. `datatype` are those that are only props. */
export interface LibraryType extends Documented {
  readonly datatype?: boolean;
  readonly properties?: readonly Documented[];
  readonly methods?: readonly Documented[];
  readonly members?: readonly Documented[];
}

/** The library as `npm run build` compiles it, in a directory of its own: the tests' sources stay without outputs. */
export class CompiledLibrary {
  public static async make(): Promise<CompiledLibrary> {
    const directory = await mkdtemp(join(tmpdir(), 'nginx-memcache-site-library-'));
    for (const name of ['package.json', 'tsconfig.jsii.json', 'assets', 'docs', ...TEXTS]) {
      await cp(join(root, name), join(directory, name), { recursive: true });
    }
    const isSource = (path: string) => !/\.js$|\.d\.ts$/.test(path);
    await cp(join(root, 'lib'), join(directory, 'lib'), { recursive: true, filter: isSource });
    const modules = join(directory, 'node_modules');
    await mkdir(modules);
    await Promise.all(NEEDED.map((name) => symlink(join(root, 'node_modules', name), join(modules, name))));
    // npm packs what is bundled, and follows no links.
    await cp(join(root, 'node_modules', 'zod'), join(modules, 'zod'), { recursive: true });
    const library = new CompiledLibrary(directory);
    await library.tool('jsii', '--silence-warnings=reserved-word');
    return library;
  }

  private constructor(public readonly directory: string) {}

  /** Runs a tool of jsii's in the directory. Answers all that it says. */
  public async tool(name: string, ...args: readonly string[]): Promise<string> {
    const file = join(root, 'node_modules', name, 'bin', name);
    const options = { cwd: this.directory, env: { ...process.env, ...QUIET }, maxBuffer: MOST_OUTPUT };
    const { stdout, stderr } = await run(process.execPath, [file, ...args], options).catch((error: Error) => {
      throw new Error(`${name}: ${(error as { stdout?: string }).stdout ?? ''}${error.message}`);
    });
    return stdout + stderr;
  }

  public async types(): Promise<LibraryType[]> {
    const { types } = JSON.parse(await readFile(join(this.directory, '.jsii'), 'utf8')) as {
      types: Record<string, LibraryType>;
    };
    return Object.values(types);
  }
}
