import { setTimeout as wait } from 'node:timers/promises';
import { z } from 'zod';
import type { Log } from './log-json';
import { cut, readShape } from './purge-events/event-shape';

/** What answering CloudFormation needs. */
export interface ResourceTools {
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
  PhysicalResourceId: text.optional(),
  ResourceProperties: z.unknown(),
});

/**
 * Does the work of a CloudFormation custom resource when it is created and whenever one of its properties changes, and tells
 * CloudFormation, with success or failure.
 *
 * @param name the resource's physical ID, the same for ever: another one would make CloudFormation delete the former.
 * @param work gets who asks (`deployment:<stack>`) and the resource's properties; what it returns is the reason of success.
 * @throws only when the event says not whom to tell, or they cannot be told: Lambda then tries the event again.
 */
export async function answerResource(
  event: unknown,
  name: string,
  work: (source: string, properties: unknown) => Promise<string>,
  tools: ResourceTools,
): Promise<void> {
  const { RequestType, ResponseURL, ResourceProperties, ...ids } = readShape(resourceEvent, event, 'the event');
  // arn:aws:cloudformation:<region>:<account>:stack/<name>/<id>
  const source = `deployment:${ids.StackId.split('/')[1] ?? ids.StackId}`;
  const outcome =
    RequestType === 'Delete'
      ? 'nothing to delete'
      : await work(source, ResourceProperties).catch((error: Error) => {
          tools.log(`${name}-failed`, { source, error });
          return error;
        });
  const failed = outcome instanceof Error;
  const reason = failed ? `${outcome.name}: ${outcome.message}` : outcome;
  const answer = {
    Status: failed ? 'FAILED' : 'SUCCESS',
    Reason: cut(reason.replace(/\p{Cc}+/gu, ' '), REASON_LENGTH),
    PhysicalResourceId: name,
    ...ids,
  };
  await put(ResponseURL, JSON.stringify(answer), tools.fetch);
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
