import { setTimeout as wait } from 'node:timers/promises';
import { z } from 'zod';
import type { Log } from '../log-json';
import { cut, readShape } from './event-shape';
import type { Purge } from './purge-all';
import { type PurgeAnswer, receiptSummary } from './receipt-summary';
import { fromSource, parseRequest } from './request-fields';

/** What a deployment's purge needs to be done and answered. */
export interface DeploymentTools {
  readonly purge: Purge<PurgeAnswer>;
  readonly fetch: typeof fetch;
  readonly log: Log;
}

// CloudFormation takes an answer of 4096 bytes; the ARN and IDs in it take up to 2000.
const REASON_LENGTH = 400;
const TRIES = 3;
const PAUSE_MS = 200;
const TRY_MS = 10_000;

const text = z.string('must be a text');
const resourceEvent = z.object({
  RequestType: z.enum(['Create', 'Update', 'Delete'], "must be 'Create', 'Update' or 'Delete'"),
  ResponseURL: z.url({ protocol: /^https?$/, error: 'must be an http or https URL' }),
  StackId: text,
  RequestId: text,
  LogicalResourceId: text,
  // The same for ever: another one would make CloudFormation delete the former.
  PhysicalResourceId: text.default('purge'),
  ResourceProperties: z.unknown(),
});
const properties = z.object({ Purge: z.string('must be a purge request as JSON, such as {"everything": true}') });

/**
 * Purges for a CloudFormation custom resource whose property `Purge` is a purge request as JSON, when it is created and
 * whenever one of its properties changes (`Version`), and tells CloudFormation, with success or failure.
 *
 * @throws only when the event says not whom to tell, or they cannot be told: Lambda then tries the event again.
 */
export async function answerDeployment(event: unknown, tools: DeploymentTools): Promise<void> {
  const { RequestType, ResponseURL, ResourceProperties, ...ids } = readShape(resourceEvent, event, 'the event');
  const outcome =
    RequestType === 'Delete' ? 'nothing to delete' : await purgeFor(ids.StackId, ResourceProperties, tools);
  const failed = outcome instanceof Error;
  const reason = failed ? `${outcome.name}: ${outcome.message}` : outcome;
  const answer = {
    Status: failed ? 'FAILED' : 'SUCCESS',
    Reason: cut(reason.replace(/\p{Cc}+/gu, ' '), REASON_LENGTH),
    ...ids,
  };
  await put(ResponseURL, JSON.stringify(answer), tools.fetch);
}

async function purgeFor(
  stackId: string,
  resourceProperties: unknown,
  { purge, log }: DeploymentTools,
): Promise<string | Error> {
  // arn:aws:cloudformation:<region>:<account>:stack/<name>/<id>
  const source = `deployment:${stackId.split('/')[1] ?? stackId}`;
  try {
    const { Purge } = readShape(properties, resourceProperties, 'ResourceProperties');
    return receiptSummary(await purge(fromSource(source, parseRequest(Purge, 'ResourceProperties.Purge'))));
  } catch (error) {
    log('purge-failed', { source, error });
    return error as Error;
  }
}

async function put(url: string, body: string, send: typeof fetch): Promise<void> {
  for (let tries = 1; ; tries += 1) {
    try {
      // The URL is signed for an empty content type.
      const headers = { 'Content-Type': '' };
      const signal = AbortSignal.timeout(TRY_MS);
      const response = await send(url, { method: 'PUT', headers, body, redirect: 'error', signal });
      if (response.ok) return;
      throw new Error(`it answered ${response.status}`);
    } catch (error) {
      if (tries === TRIES) {
        // The URL's query is a signature, and not for the logs.
        const where = new URL(url).host;
        throw new Error(`CloudFormation could not be told, at ${where}: ${(error as Error).message}`, { cause: error });
      }
      await wait(PAUSE_MS * tries);
    }
  }
}
