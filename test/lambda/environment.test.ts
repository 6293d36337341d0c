import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { EnvironmentError, readEnvironment } from '../../lambda/environment';

const directory = mkdtempSync(join(tmpdir(), 'environment-'));
const document = join(directory, 'site.json');
writeFileSync(document, JSON.stringify({ site: 'demo' }));
afterAll(() => rmSync(directory, { recursive: true }));

test('a process reads what it needs, and defaults for the rest', () => {
  const variables = {
    NMS_SITE_CONFIG: document,
    NMS_ORIGIN: 'https://app.example.com/',
    NMS_CACHE_NODES: 'b:11211,a:11211',
  };
  expect(
    readEnvironment(['site', 'origin', 'originHostHeader', 'cache', 'writer', 'behindLoadBalancer'], variables),
  ).toMatchObject({
    site: { site: 'demo' },
    origin: 'https://app.example.com',
    originHostHeader: 'visitor',
    cache: { nodes: ['a:11211', 'b:11211'] },
    writer: '127.0.0.1:8082',
    behindLoadBalancer: false,
  });
});

test('fails with every missing or bad variable at once', () => {
  const variables = {
    NMS_SITE_CONFIG: '/nowhere',
    NMS_ORIGIN: 'app',
    NMS_BEHIND_LOAD_BALANCER: 'yes',
    NMS_WRITER: '10.0.0.1:80',
  };
  let faults: readonly string[] = [];
  try {
    readEnvironment(['site', 'origin', 'cache', 'table', 'writer', 'behindLoadBalancer'], variables);
  } catch (error) {
    expect(error).toBeInstanceOf(EnvironmentError);
    faults = (error as EnvironmentError).faults;
  }
  expect(faults.map((fault) => fault.split(':')[0]).sort()).toEqual([
    'NMS_BEHIND_LOAD_BALANCER',
    'NMS_CACHE_ENDPOINT, NMS_CACHE_NODES',
    'NMS_ORIGIN',
    'NMS_SITE_CONFIG',
    'NMS_TABLE',
    'NMS_WRITER',
  ]);
});
