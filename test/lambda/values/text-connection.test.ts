import { TextConnection } from '../../../lambda/values/text-connection';
import type { ValueConnection } from '../../../lambda/values/value-connection';
import { listenTcp, type ListeningServer } from '../../support/listening-servers';

const VALUE = { data: Buffer.from('x'), flags: 0 };

let server: ListeningServer;
let connection: ValueConnection;
afterEach(async () => {
  connection.close();
  await server.close();
});

async function answering(text: string): Promise<ValueConnection> {
  server = await listenTcp((socket) => socket.on('data', () => socket.write(text)));
  connection = await TextConnection.open(server.address, 30_000, () => undefined);
  return connection;
}

test.each<[string, string, (connection: ValueConnection) => Promise<unknown>]>([
  ['set', 'NOT_STORED\r\n', (c) => c.set('a', VALUE, 0)],
  ['add', 'DELETED\r\n', (c) => c.add('a', VALUE, 0)],
  ['delete', 'STORED\r\n', (c) => c.delete('a')],
  ['count', 'STORED\r\n', (c) => c.count('a', 'up', 1)],
  ['count', 'END\r\n', (c) => c.count('a', 'up', 1)],
  ['get', 'STORED\r\n', (c) => c.get('a')],
  ['get', 'VALUE b 0 1\r\nx\r\nEND\r\n', (c) => c.get('a')],
])('%s gives the connection up for a reply that is another command’s: %j', async (_, text, call) => {
  const connection = await answering(text);
  await expect(call(connection)).rejects.toMatchObject({ name: 'StoreError' });
  expect(connection.usable).toBe(false);
});

test.each<[string, string, (connection: ValueConnection) => Promise<unknown>]>([
  ['set', 'SERVER_ERROR out of memory storing object\r\n', (c) => c.set('a', VALUE, 0)],
  ['count', 'SERVER_ERROR out of memory in incr\r\n', (c) => c.count('a', 'up', 1)],
  ['get', 'SERVER_ERROR out of memory writing get response\r\n', (c) => c.get('a')],
])('%s keeps the connection when the node refuses: %j', async (_, text, call) => {
  const connection = await answering(text);
  await expect(call(connection)).rejects.toMatchObject({
    name: 'StoreError',
    message: `${server.address}: ${text.trim()}`,
  });
  expect(connection.usable).toBe(true);
});
