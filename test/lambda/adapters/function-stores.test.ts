import { functionStores } from '../../../lambda/adapters/function-stores';
import { parseSiteConfig } from '../../../lib/site/site-config';
import { type ConfigurationEndpoint, startConfigurationEndpoint } from '../../../local/configuration-endpoint';

const ALWAYS = 3_600_000;

let endpoint: ConfigurationEndpoint;
beforeEach(async () => (endpoint = await startConfigurationEndpoint(['a:1'])));
afterEach(() => endpoint.close());

function stores(options?: Parameters<typeof functionStores>[1]) {
  const open = functionStores(
    {
      site: parseSiteConfig({ site: 'test' }),
      table: 'table',
      dynamodbEndpoint: 'http://127.0.0.1:9',
      cache: { endpoint: endpoint.address },
    },
    options,
  );
  return async () => (await open()).pages.nodes;
}

test('the nodes are those of each call', async () => {
  const nodes = stores();
  expect(await nodes()).toEqual(['a:1']);
  endpoint.setNodes(['b:1']);
  expect(await nodes()).toEqual(['b:1']);
});

test('a function that cannot know the nodes of now fails', async () => {
  const nodes = stores();
  await nodes();
  await endpoint.close();
  await expect(nodes()).rejects.toThrow();
  endpoint = await startConfigurationEndpoint([]);
});

test('nodes that may be older are not read again before', async () => {
  const nodes = stores({ nodesFor: ALWAYS });
  await nodes();
  endpoint.setNodes(['b:1']);
  expect(await nodes()).toEqual(['a:1']);
});

test('nodes that may be older are read again after, and stay while they cannot be read', async () => {
  const nodes = stores({ nodesFor: 0 });
  await nodes();
  endpoint.setNodes(['b:1']);
  expect(await nodes()).toEqual(['b:1']);
  await endpoint.close();
  expect(await nodes()).toEqual(['b:1']);
  endpoint = await startConfigurationEndpoint([]);
});
