import { request, type IncomingHttpHeaders } from 'node:http';
import { gunzipSync } from 'node:zlib';

/** An answer to one real request. */
export interface Answer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  /** Decoded. */
  readonly body: Buffer;
}

/** Asks for a path, over a connection of its own. */
export async function ask(address: string, path: string, gzip: boolean): Promise<Answer> {
  const headers = gzip ? { 'Accept-Encoding': 'gzip' } : {};
  return new Promise((resolve, reject) => {
    const sent = request(`http://${address}${path}`, { agent: false, headers }, (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('error', reject);
      response.on('end', () => {
        const raw = Buffer.concat(chunks);
        const encoded = response.headers['content-encoding'] === 'gzip';
        if (encoded && !gzip) reject(new Error(`${path} was compressed for a visitor who does not accept that`));
        const body = encoded ? gunzipSync(raw) : raw;
        resolve({ status: response.statusCode ?? 0, headers: response.headers, body });
      });
    });
    sent.on('error', reject).end();
  });
}

/** Asks for each path once. */
export async function askAll(address: string, paths: readonly string[]): Promise<void> {
  const left = [...paths];
  const next = async () => {
    for (let path = left.pop(); path !== undefined; path = left.pop()) {
      const { status } = await ask(address, path, true);
      if (status !== 200) throw new Error(`${path} was answered with ${status}`);
    }
  };
  // As many as keep two processors busy.
  await Promise.all(Array.from({ length: 8 }, next));
}
