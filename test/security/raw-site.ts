import { listenTcp } from '../support/listening-servers';
import { startTestSite, type TestSite } from '../support/test-site';
import { MARK } from './attack';

/** A site in front of an application that answers byte by byte, over connections that it keeps. */
export interface RawSite extends TestSite {
  /** The answers to paths; every other path is a page of its own. */
  readonly answers: Map<string, string>;
}

/** What a path is answered for which nothing else is set. */
export const ownBody = (path: string) => `the page ${path}`;

export async function startRawSite(): Promise<RawSite> {
  const answers = new Map<string, string>();
  const origin = await listenTcp((socket) => {
    let text = '';
    socket.on('data', (piece) => {
      text += piece.toString('latin1');
      if (!text.includes('\r\n\r\n')) return;
      const path = /^\S+ (\S+)/.exec(text)?.[1] ?? '';
      text = '';
      const answer = answers.get(path) ?? rawPage(ownBody(path));
      socket.write(Buffer.from(answer, 'latin1'));
      // What has no length ends with its connection.
      if (!answer.includes('Content-Length: ') || answer.includes(MARK)) socket.end();
    });
  });
  const site = await startTestSite({}, { origin: `http://${origin.address}` });
  const stop = async () => {
    await site.stop();
    await origin.close();
  };
  return { ...site, answers, stop };
}

const CACHED = 'Cache-Control: public, max-age=600';

/** A page as it should be written, with other lines in its head. */
export function rawPage(body: string, ...lines: string[]): string {
  return ['HTTP/1.1 200 OK', CACHED, ...lines, `Content-Length: ${body.length}`, '', body].join('\r\n');
}

/** An answer that says of its framing what these lines say. */
export function rawAnswer(lines: readonly string[], body = MARK, status = 'HTTP/1.1 200 OK'): string {
  return [status, CACHED, ...lines, '', body].join('\r\n');
}
