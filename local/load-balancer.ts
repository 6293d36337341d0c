import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { ALBEvent, ALBResult } from 'aws-lambda';
import { listening, type ListeningServer } from './listening';

// AWS, "Lambda functions as targets", "Limits": 1 MB each way, the answer as JSON.
const MOST_BYTES = 1_000_000;
// AWS, "HTTP header limits": a whole head.
const MOST_HEAD_BYTES = 64 * 1024;

/**
 * A stand-in for an Application Load Balancer before a function, with multi-value headers: as little of it as a site
 * notices, by what AWS documents. What it loses of a request and refuses of an answer, it loses and refuses.
 *
 * @param invoke the function: gets an event, gives its result or throws.
 */
export function startLoadBalancer(invoke: (event: ALBEvent) => Promise<unknown>): Promise<ListeningServer> {
  const server = createServer({ maxHeaderSize: MOST_HEAD_BYTES, keepAliveTimeout: 75_000 }, (request, response) => {
    answer(invoke, request, response).catch(() => refuse(response, 502));
  });
  // "WebSockets are not supported. Upgrade requests are rejected with an HTTP 400 code."
  server.on('upgrade', (_, socket) => socket.end('HTTP/1.1 400 Bad Request\r\nConnection: close\r\n\r\n'));
  return listening(server);
}

async function answer(
  invoke: (event: ALBEvent) => Promise<unknown>,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const body = await bodyOf(request);
  if (body === undefined) {
    return refuse(response, 413);
  }
  // Over the API it is JSON.
  const result = JSON.stringify(await invoke(eventOf(request, body)));
  if (result === undefined || Buffer.byteLength(result) > MOST_BYTES) {
    return refuse(response, 502);
  }
  send(response, JSON.parse(result) as ALBResult);
}

function eventOf({ method = '', url = '', rawHeaders, socket }: IncomingMessage, body: Buffer): ALBEvent {
  const [path = '', ...query] = url.split('?');
  const parameters = query
    .join('?')
    .split('&')
    .filter((parameter) => parameter !== '')
    .map((parameter) => [parameter.split('=')[0] ?? '', parameter.split('=').slice(1).join('=')] as const);
  const said = rawHeaders.flatMap((name, i) =>
    i % 2 === 0 ? [[name.toLowerCase(), rawHeaders[i + 1] ?? ''] as const] : [],
  );
  const own = ['connection', 'keep-alive', 'transfer-encoding', 'x-forwarded-proto', 'x-forwarded-port'];
  return {
    requestContext: { elb: { targetGroupArn: 'arn:aws:elasticloadbalancing:local:000000000000:targetgroup/local/0' } },
    httpMethod: method,
    path,
    multiValueQueryStringParameters: together(parameters),
    multiValueHeaders: together([
      ...said.filter(([name]) => !own.includes(name)),
      ['x-forwarded-for', socket.remoteAddress ?? ''],
      ['x-forwarded-proto', 'http'],
      ['x-forwarded-port', String(socket.localPort)],
    ]),
    // Text comes as it is; the rest in base64.
    body: body.toString('base64'),
    isBase64Encoded: true,
  };
}

/** All values of each name. */
function together(pairs: readonly (readonly [string, string])[]): Record<string, string[]> {
  const values = new Map<string, string[]>();
  for (const [name, value] of pairs) values.set(name, [...(values.get(name) ?? []), value]);
  return Object.fromEntries(values);
}

/** @throws what Node throws for what cannot be sent. */
function send(response: ServerResponse, { statusCode, multiValueHeaders = {}, body = '', isBase64Encoded }: ALBResult) {
  const headers = Object.entries(multiValueHeaders).flatMap(([name, values]) =>
    // JSON is UTF-8, and so is what it sends.
    values.map((value) => [name, Buffer.from(String(value), 'utf8').toString('latin1')] as const),
  );
  const bytes = Buffer.from(body, isBase64Encoded ? 'base64' : 'utf8');
  const has = (name: string) => headers.some(([given]) => given.toLowerCase() === name);
  response.writeHead(statusCode, [
    ...headers.flat(),
    ...(has('server') ? [] : ['Server', 'awselb/2.0']),
    ...(has('content-type') ? [] : ['Content-Type', 'application/octet-stream']),
    ...['Content-Length', String(bytes.length)],
  ]);
  response.end(bytes);
}

function refuse(response: ServerResponse, status: number): void {
  const text = `<html><head><title>${status}</title></head></html>`;
  response.writeHead(status, { Server: 'awselb/2.0', 'Content-Type': 'text/html', 'Content-Length': text.length });
  response.end(text);
}

async function bodyOf(request: IncomingMessage): Promise<Buffer | undefined> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    length += chunk.length;
    if (length <= MOST_BYTES) chunks.push(chunk);
  }
  return length > MOST_BYTES ? undefined : Buffer.concat(chunks);
}
