import fc from 'fast-check';
import { applicationKeys } from '../../lambda/core/application-keys';
import { parsePageAddress, type PageAddress } from '../../lambda/core/page-address';
import { Ring } from '../../lambda/stores/ring';
import { type Compatibility, compatibilityKey } from '../../lib/site/compatibility';
import { parseSiteConfig } from '../../lib/site/site-config';
import { python } from '../support/django';

const text = (unit: string) => fc.string({ unit: fc.constantFrom(...unit), maxLength: 12 });
const PATHS = text('ab/~.;=&+$,:@!*\'()-_|^"<>{}[]`éÄ日 %');
const QUERIES = text('ab=&%25/?"<>\\^`{|}[]é;+~');

test('Django writes paths and queries as the purge function supposes', async () => {
  const config = parseSiteConfig({ site: 'test', compatibility: { preset: 'uri-digest' } });
  const compatibility = config.compatibility as Compatibility;
  const addresses = fc
    .sample(fc.tuple(PATHS, QUERIES), 3000)
    .map(([path, query]) => `http://a/${encodeURI(path).replaceAll(/[?#]/g, encodeURIComponent)}?${query}`)
    .map((url) => parsePageAddress(config, url))
    .filter((address): address is PageAddress => !Array.isArray(address));
  expect(addresses.length).toBeGreaterThan(1000);
  const script = `
import json, sys
from django.conf import settings
settings.configure()
from django.test import RequestFactory
from urllib.parse import unquote_to_bytes
def uri(path, query):
    path = unquote_to_bytes(path).decode('latin1')
    return RequestFactory().generic('GET', '/', PATH_INFO=path, QUERY_STRING=query).get_full_path()
print(json.dumps([uri(*pair) for pair in json.load(sys.stdin)]))`;
  const asked = addresses.map(({ sentPath, sentQuery }) => [sentPath, sentQuery]);
  const written = JSON.parse(await python(['-c', script], { input: JSON.stringify(asked) })) as string[];
  const missing = addresses.filter((address, i) => {
    const variables: Record<string, string> = { http_host: 'a', request_uri: written[i] ?? '' };
    const key = compatibilityKey(compatibility, (name) => variables[name] ?? '');
    return !applicationKeys(compatibility, address).has(key);
  });
  expect(missing).toEqual([]);
});

test("the example's ring puts keys on the nodes on which nginx looks for them", async () => {
  const nodes = ['one.example:11211', 'two.example:11211', '127.0.0.1:11212'];
  const keys = Array.from({ length: 2000 }, (_, i) => `:1:${i}:é`);
  const script = `
import json, sys
from pages.ring import NginxRing
ring = NginxRing()
nodes, keys = json.load(sys.stdin)
for node in nodes: ring.add_node(node)
print(json.dumps([ring.get_node(key) for key in keys]))`;
  const ring = new Ring(nodes);
  expect(JSON.parse(await python(['-c', script], { input: JSON.stringify([nodes, keys]) }))).toEqual(
    keys.map((key) => ring.nodeOf(key)),
  );
});
