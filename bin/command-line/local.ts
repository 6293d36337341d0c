import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { Command } from 'commander';
import { ExitCode } from './exit-codes';

/** `local`: a whole site on this machine. Its options are those of `npm start` in a clone: local/start.ts has them. */
export const localCommand = new Command('local')
  .description('runs a whole cached site on this machine, in front of an application; --help says more')
  .argument('[options...]', '--origin, --config, --port, --lambda-port and --inspector-port')
  .helpOption(false)
  .allowUnknownOption()
  .action(async (_, __, command: Command) => {
    const program = join(__dirname, '..', 'local', 'index.js');
    const site = spawn(process.execPath, [program, ...command.args], { stdio: 'inherit' });
    // Ctrl-C of a terminal reaches the site by itself, too; a signal to this process alone does not.
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => site.kill(signal));
    const [code] = (await once(site, 'exit')) as [number | null];
    process.exitCode = code ?? ExitCode.FAILED;
  });
