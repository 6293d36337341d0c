import { Ring } from '../../../lambda/stores/ring';
import { Values, type ValuesError } from '../../../lambda/values/index';
import { storedKey } from '../../../lambda/values/key';
import { type ConfigurationEndpoint, startConfigurationEndpoint } from '../../../local/configuration-endpoint';
import { type LocalMemcached, startMemcached } from '../../../local/memcached';

let nodes: LocalMemcached[];
let names: string[];
let endpoint: ConfigurationEndpoint;
let values: Values;
const errors: ValuesError[] = [];
beforeEach(async () => {
  nodes = await Promise.all([startMemcached(), startMemcached()]);
  names = nodes.map(({ address }) => address).sort();
  endpoint = await startConfigurationEndpoint(names.slice(0, 1));
  errors.length = 0;
  values = Values.fromEnvironment(
    { deadline: 30_000, onError: (error) => errors.push(error) },
    { NMS_SITE_NAME: 'shop', NMS_CACHE_ENDPOINT: endpoint.address },
  );
});
afterEach(async () => {
  jest.restoreAllMocks();
  await values.close();
  await endpoint.close();
  await Promise.all(nodes.map((node) => node.stop()));
});

const keyOnSecond = () => {
  const ring = new Ring(names);
  const isOnSecond = (key: string) => ring.nodeOf(storedKey('shop', key)) === names[1];
  return Array.from({ length: 1000 }, (_, i) => `key-${i}`).find(isOnSecond) as string;
};

test('the nodes of a cluster are followed, half a minute behind', async () => {
  const clock = jest.spyOn(performance, 'now').mockReturnValue(0);
  const key = keyOnSecond();
  await values.set(key, 'on the only node');
  endpoint.setNodes(names);
  clock.mockReturnValue(29_999);
  expect(await values.get(key)).toBe('on the only node');
  clock.mockReturnValue(30_000);
  expect(await values.get(key)).toBeUndefined();
  await values.set(key, 'on the second node');
  const other = new Values({ site: 'shop', nodes: names, deadline: 30_000 });
  expect(await other.get(key)).toBe('on the second node');
  await other.close();
});

test('without the list of nodes every lookup is a miss, and nothing is stored', async () => {
  const { address } = endpoint;
  await endpoint.close();
  expect(await values.get('a', 'miss')).toBe('miss');
  expect(await values.set('a', 1)).toBe(false);
  await expect(values.delete('a')).rejects.toMatchObject({ name: 'ValuesError', reason: 'unreachable' });
  expect(errors.map(({ message }) => message)).toEqual(Array(2).fill(expect.stringContaining(address)));
});
