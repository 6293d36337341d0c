import { createServer } from 'node:http';
import { listening } from '../../local/listening';
import { pageAt } from './pages';

/** The application behind the contenders that fill themselves. */
export interface Origin {
  /** `127.0.0.1:port`. */
  readonly address: string;
  /** How often it was asked so far. */
  asked(): number;
  close(): Promise<void>;
}

/** Starts an application that answers every page, compressed where that is accepted. */
export async function startOrigin(): Promise<Origin> {
  let asked = 0;
  const server = createServer((request, response) => {
    asked += 1;
    const { plain, gzip } = pageAt(request.url ?? '');
    const compressed = request.headers['accept-encoding']?.includes('gzip') ?? false;
    const body = compressed ? gzip : plain;
    response
      .writeHead(200, {
        'Content-Type': 'text/html',
        'Content-Length': body.length,
        'Cache-Control': 'max-age=86400',
        Vary: 'Accept-Encoding',
        ...(compressed ? { 'Content-Encoding': 'gzip' } : {}),
      })
      .end(body);
  });
  return { ...(await listening(server)), asked: () => asked };
}
