import { Command } from 'commander';
import { auditCommand } from './command-line/audit';
import { exitCodeOf } from './command-line/exit-codes';
import { inspectCommand } from './command-line/inspect';
import { keyCommand } from './command-line/key';
import { localCommand } from './command-line/local';
import { printError } from './command-line/output';
import { pagesCommand } from './command-line/pages';
import { purgeCommand } from './command-line/purge';
import { statusCommand } from './command-line/status';
import { warmCommand } from './command-line/warm';
import { whoPurgedCommand } from './command-line/who-purged';

const commands = [
  localCommand,
  keyCommand,
  inspectCommand,
  pagesCommand,
  purgeCommand,
  warmCommand,
  statusCommand,
  whoPurgedCommand,
  auditCommand,
];

const program = new Command('nginx-memcache-site').description('Looks after a cached site.').exitOverride();
// Commands that were made by themselves take nothing over from the program.
commands.forEach((command) => program.addCommand(command.exitOverride()));

program.parseAsync().catch((error: Error & { readonly code?: string }) => {
  // What commander says itself is said by now.
  if (error.code?.startsWith('commander.') !== true) printError(error.message);
  process.exitCode = exitCodeOf(error);
});
