import type { Handler } from 'aws-lambda';
import type { AddressInfo } from 'node:net';
import { startInvokeApi } from '../../../local/invoke-api';
import { s3Notification } from './events';
import { RECEIPT } from './purge-events-world';

const original = process.env;
beforeEach(() => {
  jest.resetModules();
  process.env = { ...original, AWS_REGION: 'eu-west-1', AWS_ACCESS_KEY_ID: 'test', AWS_SECRET_ACCESS_KEY: 'test' };
});
afterEach(() => void (process.env = original));

const load = async () => (await import('../../../lambda/purge-events/index')) as { handler: Handler };

test('the function purges by its environment', async () => {
  const purges: unknown[] = [];
  const invoke = (event: unknown) => Promise.resolve((purges.push(event), RECEIPT));
  const server = await startInvokeApi({ purge: { invoke, stop: () => Promise.resolve() } }, 0);
  process.env.AWS_ENDPOINT_URL_LAMBDA = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  process.env.NMS_PURGE_FUNCTION = 'Shop-purge';
  process.env.NMS_EVENT_RULES = '{"buckets":{"pages-bucket":{"url":"https://www.example.com/{key}"}}}';
  const { handler } = await load();
  const noContext = undefined as unknown as Parameters<Handler>[1];
  await handler(s3Notification('pages-bucket', 'a.html'), noContext, () => undefined);
  expect(purges).toEqual([{ urls: ['https://www.example.com/a.html'], caller: 's3:pages-bucket' }]);
  server.closeAllConnections();
  server.close();
});

test('fails to start without the purge function', async () => {
  delete process.env.NMS_PURGE_FUNCTION;
  await expect(load()).rejects.toThrow("NMS_PURGE_FUNCTION: must be the purge function's name or ARN, got nothing");
});

test('fails to start with bad rules', async () => {
  Object.assign(process.env, { NMS_PURGE_FUNCTION: 'purge', NMS_EVENT_RULES: '{"bucket":{}}' });
  await expect(load()).rejects.toThrow('rules: has unknown fields: bucket');
});
