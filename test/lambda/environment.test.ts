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

describe('the load balancer of a fill function', () => {
  const read = (address: string) => readEnvironment(['fillFunction'], { NMS_FILL_FUNCTION: address }).fillFunction;

  test('is not there by default', () => expect(read('')).toBeUndefined());

  test('is an address', () => {
    expect(read('internal-a-1.eu-central-1.elb.amazonaws.com:80')).toBe(
      'internal-a-1.eu-central-1.elb.amazonaws.com:80',
    );
  });

  test.each(['internal-a', 'http://internal-a:80', 'a:80; }'])('is not %s', (address) => {
    expect(() => read(address)).toThrow('NMS_FILL_FUNCTION: must be host:port of a load balancer');
  });
});

describe('the keys of signed variants', () => {
  const values = ['free', 'paid'];
  const variants = ['tier', 'a-b'].map((name) => ({ name, source: 'signed-cookie', field: name, values }));
  const signed = join(directory, 'signed.json');
  writeFileSync(signed, JSON.stringify({ site: 'demo', key: { variants } }));
  const key = '!"#$ 0123456789abcdef0123456789abcdef'.replace(' ', '');
  const read = (variables: Record<string, string>) =>
    readEnvironment(['variantKeys', 'variantKeysAt'], { NMS_SITE_CONFIG: signed, ...variables });

  test('have one variable each, and functions are told where they lie', () => {
    const arn = 'arn:aws:secretsmanager:eu-central-1:123456789012:secret:tier';
    expect(read({ NMS_VARIANT_KEY_TIER: key, NMS_VARIANT_KEY_A_B: `${key}2`, NMS_VARIANT_ARN_TIER: arn })).toEqual({
      variantKeys: { tier: key, 'a-b': `${key}2` },
      variantKeysAt: { tier: arn },
    });
  });

  test('fail where one is missing or short, without a word of it', () => {
    expect(() => read({ NMS_VARIANT_KEY_TIER: key })).toThrow('NMS_VARIANT_KEY_A_B: must be 32 to 1024');
    const short = () => read({ NMS_VARIANT_KEY_TIER: 'hunter2', NMS_VARIANT_KEY_A_B: key });
    expect(short).toThrow('NMS_VARIANT_KEY_TIER: must be 32 to 1024 visible ASCII characters, got something else');
    expect(short).not.toThrow('hunter2');
  });

  test('are not asked for where no variant is signed', () => {
    expect(readEnvironment(['variantKeys', 'variantKeysAt'], { NMS_SITE_CONFIG: document })).toEqual({
      variantKeys: {},
      variantKeysAt: {},
    });
  });

  test('say nothing about a document that cannot be read', () => {
    expect(() => readEnvironment(['site', 'variantKeys'], { NMS_SITE_CONFIG: '/nowhere' })).toThrow('has a fault:');
  });
});
