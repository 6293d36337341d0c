import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { CreateTableCommand, DynamoDBClient } from '@aws-sdk/client-dynamodb';
import dynalite from 'dynalite';

/** A stand-in for DynamoDB at its API: dynalite, in memory. It has no transactions and no time to live. */
export interface DynamoStandIn {
  /** For clients: `endpoint`. */
  readonly endpoint: string;
  close(): Promise<void>;
}

/** Starts the stand-in on 127.0.0.1. */
export async function startDynamoStandIn(): Promise<DynamoStandIn> {
  const server = dynalite({ createTableMs: 0 });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    async close() {
      const closed = once(server, 'close');
      server.close();
      server.closeAllConnections();
      await closed;
    },
  };
}

/**
 * Deadlines of a page index where no visitor waits: the stand-in shares its thread with those who call it, and a site's own
 * deadlines would tell how busy the machine is.
 */
export const PATIENT = { fillTimeout: 60_000, purgeTimeout: 60_000 };

/** A client of the stand-in, which takes any credentials. */
export function standInClient(endpoint: string): DynamoDBClient {
  // Which Node the functions run on is Lambda's matter.
  process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED = 'true';
  return new DynamoDBClient({
    endpoint,
    region: 'local',
    credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
    maxAttempts: 2,
  });
}

/** Makes the site's table as the construct does, but for the time to live. */
export async function createTable(client: DynamoDBClient, name: string): Promise<void> {
  await client.send(
    new CreateTableCommand({
      TableName: name,
      BillingMode: 'PAY_PER_REQUEST',
      AttributeDefinitions: ['pk', 'sk'].map((AttributeName) => ({ AttributeName, AttributeType: 'S' as const })),
      KeySchema: [
        { AttributeName: 'pk', KeyType: 'HASH' },
        { AttributeName: 'sk', KeyType: 'RANGE' },
      ],
    }),
  );
}
