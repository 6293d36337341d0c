import { Command } from 'commander';
import { keyCommand } from './command-line/key';
import { purgeCommand } from './command-line/purge';
import { warmCommand } from './command-line/warm';

new Command('nginx-memcache-site')
  .description('Looks after a cached site.')
  .addCommand(purgeCommand)
  .addCommand(warmCommand)
  .addCommand(keyCommand)
  .parseAsync()
  .catch((error: Error) => {
    console.error(error.message);
    process.exitCode = 1;
  });
