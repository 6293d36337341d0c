import { createServer, type ServerResponse } from 'node:http';
import { printable } from '../../bin/command-line/output';
import { listening, type ListeningServer } from '../../local/listening';
import { run } from './command-line';

// U+009B begins a command to a terminal, as ESC [ does.
const COMMANDS = 'nginx-memcache-site; \x9b2Jhit\x9d0;title\x9c';
let site: ListeningServer;
let answer: (response: ServerResponse) => void;
beforeAll(async () => {
  site = await listening(createServer((_, response) => answer(response.setHeader('Cache-Status', COMMANDS))));
});
afterAll(() => site?.close());

test.each([
  ['audit', []],
  ['key', ['--ask']],
  ['key', ['--ask', '--json']],
])('what a site says is no command to the terminal: %s %s', async (command, options) => {
  answer = (response) => response.end();
  const { out, err } = await run(command, `http://${site.address}/`, ...options);
  expect(out + err).toContain(String.raw`\u009b2Jhit\u009d0;title\u009c`);
  expect(out + err).not.toMatch(/(?!\n)\p{Cc}/u);
  if (options.includes('--json'))
    expect(JSON.parse(out)).toMatchObject({ cached: expect.stringContaining('\x9b2J') as unknown });
});

test('an answer without an end is not read to the end, and the error says whose it is', async () => {
  const part = Buffer.alloc(1024 * 1024);
  answer = (response) => {
    const more = () => {
      while (response.write(part));
    };
    response.on('drain', more);
    more();
  };
  const { code, err } = await run('audit', `http://${site.address}/`);
  expect({ code, err }).toEqual({
    code: 1,
    err: expect.stringMatching(
      /^http:\/\/127\.0\.0\.1:\d+\/\?audit=audit\w+ does not answer: the body is longer than \d+ bytes\n$/,
    ) as unknown,
  });
});

test('an answer that breaks off is told with its URL', async () => {
  answer = (response) => {
    response.writeHead(200, { 'Content-Length': 10 }).write('half');
    setImmediate(() => response.destroy());
  };
  expect((await run('audit', `http://${site.address}/`)).err).toMatch(
    /^http:\/\/127\.0\.0\.1:\d+\/\?audit=\w+ does not answer: /,
  );
});

test('what changes the order of a text is shown, lines and letters of all languages stay', () => {
  expect(printable('a\u202eb\u2028\x1b[0m\r')).toBe(String.raw`a\u202eb\u2028\u001b[0m\u000d`);
  expect(printable('één\tלשון\n日本')).toBe('één\tלשון\n日本');
});
