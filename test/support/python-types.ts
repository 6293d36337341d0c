import { execFile } from 'node:child_process';
import { mkdtemp, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

const root = join(__dirname, '..', '..');

interface Report {
  readonly generalDiagnostics: readonly { file: string; message: string; range: { start: { line: number } } }[];
}

/**
 * Checks the types of Python programs, each given by its name. Of `aws_cdk`, which cannot be had from npm, everything is
 * taken for right.
 *
 * @param modules where other modules lie.
 * @returns every complaint, as `file:line: what`.
 */
export async function pythonComplaints(
  directory: string,
  modules: string,
  programs: Readonly<Record<string, string>>,
): Promise<string[]> {
  const project = await mkdtemp(join(directory, 'python-'));
  await Promise.all(Object.entries(programs).map(([name, text]) => writeFile(join(project, name), text)));
  const config = {
    include: Object.keys(programs),
    extraPaths: [modules],
    stubPath: join(root, 'test', 'support', 'python-stubs'),
    pythonVersion: '3.10',
    reportMissingModuleSource: false,
  };
  await writeFile(join(project, 'pyrightconfig.json'), JSON.stringify(config));
  const { generalDiagnostics } = JSON.parse(await pyright(project)) as Report;
  return generalDiagnostics.map(
    ({ file, message, range }) =>
      `${file.slice(project.length + 1)}:${range.start.line + 1}: ${message.split('\n')[0]}`,
  );
}

function pyright(project: string): Promise<string> {
  const program = join(root, 'node_modules', 'pyright', 'index.js');
  return new Promise((resolve, reject) =>
    execFile(process.execPath, [program, '--outputjson', '--project', project], (error, stdout, stderr) =>
      // 1: it has found something, and says so as JSON.
      error === null || error.code === 1 ? resolve(stdout) : reject(new Error(`pyright: ${error.message}${stderr}`)),
    ),
  );
}
