import { decodePage, kindOfValue } from '../../lambda/core/page-format';
import { ask, exchange } from '../support/raw-http';
import { MARK, newPath } from './attack';
import { ownBody, rawAnswer, rawPage, type RawSite, startRawSite } from './raw-site';
import { valuesIn } from './stored-text';

let site: RawSite;
beforeAll(async () => (site = await startRawSite()));
afterAll(() => site?.stop());

const FORGED = `HTTP/1.1 200 OK\r\nSet-Cookie: ${MARK}=1\r\nContent-Length: 4\r\n\r\nevil`;

const BROKEN: [string, string][] = [
  ['a length that is too long', rawAnswer(['Content-Length: 900'])],
  ['two lengths', rawAnswer([`Content-Length: ${MARK.length}`, 'Content-Length: 3'])],
  ['a list of lengths', rawAnswer([`Content-Length: ${MARK.length}, 3`])],
  ['a negative length', rawAnswer(['Content-Length: -1'])],
  ['a length with a sign', rawAnswer([`Content-Length: +${MARK.length}`])],
  ['a hexadecimal length', rawAnswer(['Content-Length: 0xa'])],
  ['both framings', rawAnswer(['Transfer-Encoding: chunked', 'Content-Length: 3'], `a\r\n${MARK}\r\n0\r\n\r\n`)],
  ['another coding', rawAnswer(['Transfer-Encoding: gzip, chunked'], `a\r\n${MARK}\r\n0\r\n\r\n`)],
  ['a chunk that is none', rawAnswer(['Transfer-Encoding: chunked'], `zz\r\n${MARK}\r\n0\r\n\r\n`)],
  ['a chunk that is too long', rawAnswer(['Transfer-Encoding: chunked'], `fff\r\n${MARK}\r\n0\r\n\r\n`)],
  ['a chunk that is too short', rawAnswer(['Transfer-Encoding: chunked'], `2\r\n${MARK}\r\n0\r\n\r\n`)],
  ['chunks without an end', rawAnswer(['Transfer-Encoding: chunked'], `a\r\n${MARK}\r\n`)],
  ['a chunk without end', rawAnswer(['Transfer-Encoding: chunked'], `fffffffffffffffff\r\n${MARK}`)],
  ['a NUL in a header', rawAnswer(['X-Own: a\0b'])],
  ['a bare CR in a header', rawAnswer([`X-Own: a\rSet-Cookie: ${MARK}=1`])],
  ['a folded header', rawAnswer(['X-Own: a', ` Set-Cookie: ${MARK}=1`])],
  ['a space before a colon', rawAnswer([`X-Own : ${MARK}`])],
  ['a line without a colon', rawAnswer([MARK])],
  ['a header without a name', rawAnswer([`: ${MARK}`])],
  ['a control character in a header', rawAnswer([`X-Own: \x01${MARK}`])],
  ['no HTTP', `${MARK}\r\n\r\n`],
  ['HTTP of another version', rawAnswer([], MARK, 'HTTP/9.9 200 OK')],
  ['a status that is none', rawAnswer([], MARK, 'HTTP/1.1 999999 OK')],
  ['a status of words', rawAnswer([], MARK, 'HTTP/1.1 OK')],
  ['a head of 300 kB', rawAnswer([`X-Own: ${MARK}${'x'.repeat(300_000)}`])],
  ['nothing but a head', 'HTTP/1.1 200 OK\r\n'],
  ['gzip that is none', rawPage(MARK, 'Content-Encoding: gzip')],
  ['another coding of its body', rawPage(MARK, 'Content-Encoding: br')],
];

test.each(BROKEN)('an answer with %s ends, is not stored, and the next one of its page is', async (_, answer) => {
  const path = newPath('/broken');
  site.answers.set(path, answer);
  // Also with a session, for which nobody but nginx reads it.
  for (const cookie of ['', 'Cookie: session=1\r\n']) {
    await exchange(site.address, `GET ${path} HTTP/1.1\r\nHost: www.example.com\r\n${cookie}Connection: close\r\n\r\n`);
  }
  site.answers.delete(path);
  for (let i = 0; i < 2; i += 1) {
    const next = await ask(site.address, path);
    expect([next.status, next.body]).toEqual([200, ownBody(path)]);
  }
});

test.each([
  ['a forged answer behind its own', (path: string) => rawPage(`own of ${path}`) + FORGED],
  [
    'a forged answer in its chunks',
    (path: string) =>
      rawAnswer(
        ['Transfer-Encoding: chunked', 'X-Not-Closed: Content-Length: '],
        `3\r\nown\r\n0\r\n\r\n${FORGED}${path}`,
      ),
  ],
])('%s reaches nobody: every page that is asked for next is its own', async (_, answer) => {
  for (let round = 0; round < 10; round += 1) {
    const path = newPath('/split');
    site.answers.set(path, answer(path));
    const first = await ask(site.address, path, round % 2 === 0 ? {} : { Cookie: 'session=1' });
    expect(first.body).not.toContain('evil');
    for (const headers of [{}, { Cookie: 'session=2' }, {}] as Record<string, string>[]) {
      const next = newPath('/next');
      expect((await ask(site.address, next, headers)).body).toBe(ownBody(next));
    }
  }
});

test('after all that, everything in the store is exactly a page, a pass marker or a lease', async () => {
  const values = await valuesIn(site);
  expect(values.length).toBeGreaterThan(20);
  const odd = values.filter((value) => kindOfValue(value) === 'page' && decodePage(value) === undefined);
  expect(odd.map((value) => value.toString('latin1', 0, 80))).toEqual([]);
});
