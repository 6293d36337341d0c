import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { startInvokeApi } from '../../local/invoke-api';
import { FunctionError, type LocalFunction } from '../../local/local-function';
import { ask } from '../support/raw-http';

let server: Server;
let address: string;
const invoked: unknown[] = [];
const purge: LocalFunction = {
  invoke(event) {
    invoked.push(event);
    const fails = (event as { fail?: boolean }).fail;
    return fails
      ? Promise.reject(new FunctionError('PurgeRequestError', 'two faults'))
      : Promise.resolve({ purged: true });
  },
  stop: () => Promise.resolve(),
};
beforeAll(async () => {
  server = await startInvokeApi({ purge }, 0);
  address = `127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(() => server.close());
beforeEach(() => void invoked.splice(0));

const invoke = (name: string, body: string, headers: Record<string, string> = {}) =>
  ask(
    address,
    `/2015-03-31/functions/${name}/invocations`,
    { 'Content-Length': String(body.length), ...headers },
    'POST',
    body,
  );

test.each([
  'purge',
  'purge:$LATEST',
  'Shop-purge',
  'arn%3Aaws%3Alambda%3Aeu-west-1%3A123456789012%3Afunction%3Apurge',
  'arn%3Aaws%3Alambda%3Aeu-west-1%3A123456789012%3Afunction%3AShop-purge%3ALIVE',
])('a function is called as %s', async (name) => {
  const answer = await invoke(name, '{"everything":true}');
  expect([answer.status, JSON.parse(answer.body)]).toEqual([200, { purged: true }]);
  expect(invoked).toEqual([{ everything: true }]);
});

test('what a handler throws is a function error, as from Lambda', async () => {
  const answer = await invoke('purge', '{"fail":true}');
  expect(answer.status).toBe(200);
  expect(answer.headers['x-amz-function-error']).toBe('Unhandled');
  expect(JSON.parse(answer.body)).toEqual({ errorType: 'PurgeRequestError', errorMessage: 'two faults' });
});

test.each([
  ['Event', 202, 1],
  ['DryRun', 204, 0],
])('an invocation of type %s answers %i', async (type, status, calls) => {
  expect((await invoke('purge', '{}', { 'X-Amz-Invocation-Type': type })).status).toBe(status);
  expect(invoked).toHaveLength(calls);
});

test.each([
  ['an unknown function', 'nothing', '{}', 404, 'ResourceNotFoundException'],
  ['a name that only JavaScript knows', 'constructor', '{}', 404, 'ResourceNotFoundException'],
  ['a payload that is no JSON', 'purge', '{', 400, 'InvalidRequestContentException'],
])('fails as Lambda does for %s', async (_, name, body, status, type) => {
  const answer = await invoke(name, body);
  expect([answer.status, answer.headers['x-amzn-errortype']]).toEqual([status, type]);
  expect(invoked).toEqual([]);
});

test.each(['https://evil.example', 'null'])('a page in a browser, of %s, invokes nothing', async (origin) => {
  expect((await invoke('purge', '{"everything":true}', { Origin: origin, 'Content-Type': 'text/plain' })).status).toBe(
    403,
  );
  expect(invoked).toEqual([]);
});
