import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Command } from 'commander';
import { auditCommand } from '../../bin/command-line/audit';
import { inspectCommand } from '../../bin/command-line/inspect';
import { keyCommand } from '../../bin/command-line/key';
import { pagesCommand } from '../../bin/command-line/pages';
import { purgeCommand } from '../../bin/command-line/purge';
import { statusCommand } from '../../bin/command-line/status';
import { warmCommand } from '../../bin/command-line/warm';
import { whoPurgedCommand } from '../../bin/command-line/who-purged';
import packageJson from '../../package.json';
import { documents, root } from './documents';

const commands = [
  auditCommand,
  inspectCommand,
  keyCommand,
  localCommand(),
  pagesCommand,
  purgeCommand,
  statusCommand,
  warmCommand,
  whoPurgedCommand,
];

/** `local` leaves its options to the program that it starts, which begins as soon as it is read. */
function localCommand(): Command {
  const source = readFileSync(join(root, 'local', 'start.ts'), 'utf8');
  const flags = [...source.matchAll(/\.option\(\s*'([^']+)'/g)].map(([, flag = '']) => flag);
  return flags.reduce((command, flag) => command.option(flag), new Command('local'));
}

/** The words of a line for the shell, up to where its command ends. */
function wordsOf(line: string): string[] {
  const [command = ''] = /^(?:'[^']*'|"[^"]*"|[^'"#|;&>])*/.exec(line) ?? [];
  return [...command.matchAll(/(?:'[^']*'|"[^"]*"|[^\s'"])+/g)].map(([word]) =>
    word.replace(/'([^']*)'|"([^"]*)"/g, '$1$2'),
  );
}

/** What is wrong with a command line of this package's program; undefined when nothing is. */
function fault(line: string): string | undefined {
  const [name = '', ...args] = wordsOf(line);
  if (name === '--help' || name.startsWith('<')) return undefined;
  const command = commands.find((one) => one.name() === name);
  if (command === undefined) return `${line}: no such command`;
  const { operands, unknown } = command.parseOptions(args.filter((arg) => arg !== '--help'));
  if (unknown.length > 0) return `${line}: unknown ${unknown.join(' ')}`;
  const most = command.registeredArguments.some(({ variadic }) => variadic)
    ? Infinity
    : command.registeredArguments.length;
  const least = command.registeredArguments.filter(({ required }) => required).length;
  return operands.length >= least && operands.length <= most ? undefined : `${line}: ${operands.length} arguments`;
}

/** What stands behind a program's name wherever a text says to run it. */
function callsOf(text: string, program: string): string[] {
  return [...text.replaceAll('\\\n', ' ').matchAll(new RegExp(`${program} ([^\`\\n]+)`, 'g'))].map(([, rest = '']) =>
    rest.trim(),
  );
}

test.each(documents)('every command line in $path is one that there is', ({ text }) => {
  const faults = callsOf(text, 'npx nginx-memcache-site').map(fault);
  expect(faults.filter((one) => one !== undefined)).toEqual([]);
});

test('they are read as the shell reads them', () => {
  const text =
    "npx nginx-memcache-site purge 'https://a/?b=1&c' --tag a b # why\n`npx nginx-memcache-site status | jq` --no";
  expect(callsOf(text, 'npx nginx-memcache-site').map(wordsOf)).toEqual([
    ['purge', 'https://a/?b=1&c', '--tag', 'a', 'b'],
    ['status'],
  ]);
});

test.each([
  ['forget https://a/', 'no such command'],
  ['purge --tags news', 'unknown --tags'],
  ['local --origin http://a --public', 'unknown --public'],
  ['inspect', '0 arguments'],
  ['status https://a/', '1 arguments'],
])('is found to be wrong: %s', (line, expected) => {
  expect(fault(line)).toContain(expected);
});

test('every script of this package that a document runs is there', () => {
  const named = documents.flatMap(({ text }) => callsOf(text, 'npm run')).map((rest) => wordsOf(rest)[0] ?? '');
  const ours = named.filter((name) => /^(?:bench|build|lint|synth)/.test(name));
  expect(ours.length).toBeGreaterThan(3);
  expect(ours.filter((name) => !Object.hasOwn(packageJson.scripts, name.replace(/[^\w:].*$/, '')))).toEqual([]);
});
