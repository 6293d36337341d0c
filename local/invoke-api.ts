import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { FunctionError, type LocalFunction } from './local-function';

// The request limit of Lambda, in bytes.
const PAYLOAD_LIMIT = 6 * 1024 * 1024;
const INVOCATIONS = /^\/2015-03-31\/functions\/([^/]+)\/invocations(?:\?.*)?$/;

/**
 * A stand-in for AWS Lambda at its Invoke API (2015-03-31), for functions of this machine: so that the AWS command line
 * (`--endpoint-url`), every SDK and `curl` call them as they call the deployed ones. It checks no signatures; what browsers send (they add `Origin`) it refuses, as any page could purge.
 */
export async function startInvokeApi(
  functions: Readonly<Record<string, LocalFunction>>,
  port: number,
): Promise<Server> {
  const server = createServer((request, response) => {
    answer(functions, request, response).catch((error: Error) =>
      respond(response, 500, 'ServiceException', { Message: error.message }),
    );
  });
  server.listen(port, '127.0.0.1');
  await once(server, 'listening');
  return server;
}

async function answer(
  functions: Readonly<Record<string, LocalFunction>>,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  if (request.headers.origin !== undefined) {
    return respond(response, 403, 'AccessDeniedException', { Message: 'pages in browsers may not invoke functions' });
  }
  const name = INVOCATIONS.exec(request.url ?? '')?.[1];
  if (name === undefined || request.method !== 'POST') {
    return respond(response, 404, 'ResourceNotFoundException', {
      Message: 'this stand-in knows POST /2015-03-31/functions/{name}/invocations',
    });
  }
  const called = findFunction(functions, decodeURIComponent(name));
  if (called === undefined) {
    return respond(response, 404, 'ResourceNotFoundException', {
      Type: 'User',
      Message: `Function not found: ${name}; there are ${Object.keys(functions).join(' and ')}`,
    });
  }
  const event = await readEvent(request);
  if (event instanceof Error) {
    return respond(response, 400, 'InvalidRequestContentException', {
      Type: 'User',
      Message: `Could not parse request body into json: ${event.message}`,
    });
  }
  switch (request.headers['x-amz-invocation-type'] ?? 'RequestResponse') {
    case 'DryRun':
      return respond(response, 204);
    case 'Event':
      // Lambda retries an event twice; here its failure is only said.
      called.invoke(event).catch((error: Error) => console.error(error.message));
      return respond(response, 202);
    default:
      return invoke(called, event, response);
  }
}

async function invoke(called: LocalFunction, event: unknown, response: ServerResponse): Promise<void> {
  try {
    const result = await called.invoke(event);
    response.setHeader('X-Amz-Executed-Version', '$LATEST');
    respond(response, 200, undefined, result);
  } catch (error) {
    if (!(error instanceof FunctionError)) throw error;
    response.setHeader('X-Amz-Function-Error', 'Unhandled');
    respond(response, 200, undefined, { errorType: error.errorType, errorMessage: error.errorMessage });
  }
}

// `purge` alone or at the end of a longer name, with a qualifier behind it, or in an ARN.
function findFunction(functions: Readonly<Record<string, LocalFunction>>, name: string): LocalFunction | undefined {
  const plain = /^arn:/.test(name) ? (name.split(':')[6] ?? '') : (name.split(':')[0] ?? '');
  return Object.entries(functions).find(([key]) => plain === key || plain.endsWith(`-${key}`))?.[1];
}

async function readEvent(request: IncomingMessage): Promise<unknown> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    length += chunk.length;
    if (length > PAYLOAD_LIMIT) return new Error(`the payload is larger than ${PAYLOAD_LIMIT} bytes`);
    chunks.push(chunk);
  }
  try {
    return length === 0 ? {} : (JSON.parse(Buffer.concat(chunks).toString('utf8')) as unknown);
  } catch (error) {
    return error;
  }
}

function respond(response: ServerResponse, status: number, errorType?: string, body?: unknown): void {
  response.setHeader('X-Amzn-RequestId', randomUUID());
  if (errorType !== undefined) response.setHeader('X-Amzn-ErrorType', errorType);
  if (body !== undefined) response.setHeader('Content-Type', 'application/json');
  response.writeHead(status).end(body === undefined ? undefined : JSON.stringify(body));
}
