import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, readdir, readFile, realpath, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import * as ts from 'typescript';

const root = join(__dirname, '..', '..');
const run = promisify(execFile);

interface Packed {
  readonly filename: string;
  readonly size: number;
  readonly unpackedSize: number;
  readonly files: readonly { readonly path: string }[];
}

/** A newcomer's empty project: the package as npm packs it, CDK, which it needs, and no tools. */
export class NewcomersProject {
  /** @param compiled the directory that the library has been compiled in. */
  public static async make(compiled: string): Promise<NewcomersProject> {
    const directory = await realpath(await mkdtemp(join(tmpdir(), 'nginx-memcache-site-newcomer-')));
    const modules = join(directory, 'node_modules');
    await mkdir(modules);
    await writeFile(join(directory, 'package.json'), '{ "private": true }\n');
    const pack = ['pack', '--ignore-scripts', '--json', '--pack-destination', directory];
    const { stdout } = await run('npm', pack, { cwd: compiled, maxBuffer: 16 * 1024 * 1024 });
    const [packed] = Object.values(JSON.parse(stdout) as Record<string, Packed>);
    if (packed === undefined) throw new Error('npm pack made nothing');
    await run('tar', ['-xzf', packed.filename, '-C', modules], { cwd: directory });
    await run('mv', ['package', 'nginx-memcache-site'], { cwd: modules });
    for (const peer of ['aws-cdk-lib', 'constructs']) {
      await symlink(join(root, 'node_modules', peer), join(modules, peer));
    }
    return new NewcomersProject(directory, packed);
  }

  private constructor(
    public readonly directory: string,
    private readonly packed: Packed,
  ) {}

  public get files(): string[] {
    return this.packed.files.map(({ path }) => path);
  }

  /** The tarball, in bytes. */
  public get packedSize(): number {
    return this.packed.size;
  }

  /** All that it holds, in bytes. */
  public get unpackedSize(): number {
    return this.packed.unpackedSize;
  }

  /** Runs an app in TypeScript as `cdk synth` does. Answers the template of its stack. */
  public async synthesize(app: string): Promise<{ readonly Resources: Record<string, { readonly Type: string }> }> {
    const module = ts.ModuleKind.CommonJS;
    await writeFile(join(this.directory, 'app.js'), ts.transpile(app, { module, target: ts.ScriptTarget.ES2022 }));
    const env = { PATH: process.env.PATH, CDK_OUTDIR: join(this.directory, 'cdk.out') };
    await run(process.execPath, ['app.js'], { cwd: this.directory, env });
    const [template = ''] = (await readdir(env.CDK_OUTDIR)).filter((name) => name.endsWith('.template.json'));
    return JSON.parse(await readFile(join(env.CDK_OUTDIR, template), 'utf8')) as never;
  }

  /** What the package's command line says. */
  public async commandLine(...args: readonly string[]): Promise<string> {
    const { bin } = JSON.parse(
      await readFile(join(this.directory, 'node_modules', 'nginx-memcache-site', 'package.json'), 'utf8'),
    ) as { bin: Record<string, string> };
    const file = join(this.directory, 'node_modules', 'nginx-memcache-site', bin['nginx-memcache-site'] ?? '');
    return (await run(file, args, { cwd: this.directory })).stdout;
  }
}
