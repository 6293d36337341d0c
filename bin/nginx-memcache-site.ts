import { Command } from 'commander';
import { keyCommand } from './command-line/key';
import { purgeCommand } from './command-line/purge';

new Command('nginx-memcache-site')
  .description('Looks after a cached site.')
  .addCommand(purgeCommand)
  .addCommand(keyCommand)
  .parseAsync()
  .catch((error: Error) => {
    console.error(error.message);
    process.exitCode = 1;
  });
