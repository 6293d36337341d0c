import { LambdaClient } from '@aws-sdk/client-lambda';
import type { AddressInfo } from 'node:net';
import type { Server } from 'node:http';
import { functionClientConfig } from '../../../../lambda/adapters/invoke-function';
import { invokePurge } from '../../../../lambda/adapters/purge-events/invoke-purge';
import { startInvokeApi } from '../../../../local/invoke-api';
import { FunctionError } from '../../../../local/local-function';
import { type ListeningServer, listenHttp } from '../../../support/listening-servers';
import { RECEIPT } from '../../purge-events/purge-events-world';

const clients: LambdaClient[] = [];
const servers: ListeningServer[] = [];
let api: Server;
const invoked: unknown[] = [];
beforeAll(async () => {
  const stop = () => Promise.resolve();
  const answering = (answer: () => Promise<unknown>) => ({
    invoke: (event: unknown) => (invoked.push(event), answer()),
    stop,
  });
  api = await startInvokeApi(
    {
      purge: answering(() => Promise.resolve({ ...RECEIPT, more: 'of it' })),
      failing: answering(() => Promise.reject(new FunctionError('PurgeIncompleteError', 'purge p-1 is incomplete'))),
      other: answering(() => Promise.resolve({ statusCode: 200 })),
      silent: answering(() => Promise.resolve(null)),
    },
    0,
  );
});
afterAll(async () => {
  clients.forEach((client) => client.destroy());
  await Promise.all(servers.map((server) => server.close()));
  api.close();
});
beforeEach(() => void invoked.splice(0));

function clientOf(address: string): LambdaClient {
  const credentials = { accessKeyId: 'test', secretAccessKey: 'test' };
  const client = new LambdaClient({
    ...functionClientConfig,
    region: 'eu-west-1',
    credentials,
    endpoint: `http://${address}`,
  });
  clients.push(client);
  return client;
}
const purge = (name: string) => invokePurge(clientOf(`127.0.0.1:${(api.address() as AddressInfo).port}`), name);

test.each(['purge', 'arn:aws:lambda:eu-west-1:123456789012:function:Shop-purge:LIVE'])(
  'the function %s is asked and its whole receipt returned',
  async (name) => {
    expect(await purge(name)({ tags: ['é'] })).toEqual({ ...RECEIPT, more: 'of it' });
    expect(invoked).toEqual([{ tags: ['é'] }]);
  },
);

test('fails with the name and message of what the function threw', async () => {
  await expect(purge('failing')({ everything: true })).rejects.toMatchObject({
    name: 'PurgeIncompleteError',
    message: 'purge p-1 is incomplete',
  });
});

test.each([
  ['other', 'other is not the purge function: it answered {"statusCode":200}, which is no receipt'],
  ['silent', 'silent is not the purge function: it answered null, which is no receipt'],
])('fails for the function %s, which answers something else', async (name, message) => {
  await expect(purge(name)({ everything: true })).rejects.toThrow(message);
});

test('fails as the SDK does for a function that is not there', async () => {
  await expect(purge('absent')({ everything: true })).rejects.toMatchObject({ name: 'ResourceNotFoundException' });
});

/** A Lambda API that gives these answers, one after the other. */
async function answering(...answers: { status: number; headers?: Record<string, string>; body: string }[]) {
  const calls: (string | undefined)[] = [];
  const server = await listenHttp((request, response) => {
    calls.push(request.url);
    const { status, headers, body } = answers[Math.min(calls.length, answers.length) - 1]!;
    request.resume().on('end', () => response.writeHead(status, headers).end(body));
  });
  servers.push(server);
  return { calls, purge: invokePurge(clientOf(server.address), 'purge') };
}

test('a call that Lambda throttles is tried three times', async () => {
  const headers = { 'X-Amzn-ErrorType': 'TooManyRequestsException' };
  const throttled = { status: 429, headers, body: '{"Type":"User","message":"Rate exceeded"}' };
  const patient = await answering(throttled, throttled, { status: 200, body: JSON.stringify(RECEIPT) });
  expect(await patient.purge({ everything: true })).toEqual(RECEIPT);
  expect(patient.calls).toHaveLength(3);
  const refused = await answering(throttled);
  await expect(refused.purge({ everything: true })).rejects.toMatchObject({ name: 'TooManyRequestsException' });
  expect(refused.calls).toHaveLength(3);
});

test.each([
  ['{"errorMessage":"Task timed out after 3.00 seconds"}', 'FunctionError', 'Task timed out after 3.00 seconds'],
  ['{"errorType":"Runtime.ExitError","errorMessage":"signal: killed"}', 'Runtime.ExitError', 'signal: killed'],
  ['<html>', 'Unhandled', '<html>'],
])('fails with as much as Lambda says of an error: %s', async (body, name, message) => {
  const failing = await answering({ status: 200, headers: { 'X-Amz-Function-Error': 'Unhandled' }, body });
  await expect(failing.purge({ everything: true })).rejects.toMatchObject({ name, message });
  expect(failing.calls).toHaveLength(1);
});

test('a purge may take as long as a function may run', () => {
  expect(functionClientConfig.requestHandler.requestTimeout).toBeGreaterThan(15 * 60_000);
});
