import { execFileSync } from 'node:child_process';
import ts from 'typescript';
import { type Block, documents } from './documents';
import { complaintsAbout } from './typescript-blocks';

const LANGUAGES = ['', 'ts', 'js', 'json', 'python', 'sh', 'html', 'http', 'java', 'csharp', 'go'];
const blocks = documents.flatMap((document) => document.blocks);
const blocksIn = (language: string) => blocks.filter((block) => block.language === language);

/** What a program says when it reads a text; undefined when that is fine. */
function complaintOf(program: string, args: readonly string[], text: string): string | undefined {
  try {
    execFileSync(program, args, { input: text, stdio: ['pipe', 'ignore', 'pipe'] });
    return undefined;
  } catch (error) {
    return String((error as { stderr: Buffer }).stderr);
  }
}

test('every example says its language', () => {
  expect(blocks.filter(({ language }) => !LANGUAGES.includes(language)).map(({ place }) => place)).toEqual([]);
});

const wrong = (place: string, text: string): Block => ({ language: 'ts', place, text });

// All at once: the types of all of AWS are read only once then.
test('every example in TypeScript has the types of the library, and what has not is found', () => {
  const { module, property, statement, ...found } = complaintsAbout([
    ...blocksIn('ts'),
    wrong('module', "import { Site } from 'nginx-memcache-site';\n"),
    wrong('property', 'bypassPaths: [],\nnegativeTime: Duration.days(1),\n'),
    wrong('statement', '\nsite.purgeOnMonday();\n'),
  ]);
  expect(found).toEqual({});
  expect([module, property, statement]).toEqual([
    [expect.stringMatching(/^line 1: .*Site/)],
    [expect.stringMatching(/^line 2: .*negativeTime/)],
    [expect.stringMatching(/^line 2: .*purgeOnMonday/)],
  ]);
});

test.each(blocksIn('js'))('JavaScript can be read: $place', ({ text }) => {
  const { diagnostics } = ts.transpileModule(text, { reportDiagnostics: true, fileName: 'example.js' });
  expect(diagnostics?.map(({ messageText }) => messageText)).toEqual([]);
});

test.each(blocksIn('json'))('JSON can be read: $place', ({ text }) => {
  expect(() => void JSON.parse(text)).not.toThrow();
});

test.each(blocksIn('python'))('Python can be read: $place', ({ text }) => {
  expect(complaintOf('python3', ['-c', 'import ast, sys; ast.parse(sys.stdin.read())'], text)).toBeUndefined();
});

test.each(blocksIn('sh'))('the shell can read it: $place', ({ text }) => {
  expect(complaintOf('bash', ['-n'], text)).toBeUndefined();
});
