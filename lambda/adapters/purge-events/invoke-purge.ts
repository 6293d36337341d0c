import type { LambdaClient } from '@aws-sdk/client-lambda';
import { z } from 'zod';
import type { Preview, Receipt } from '../../core/receipt';
import { invokeFunction } from '../invoke-function';
import { cut } from './event-shape';

// What is passed on to where events came from: see PurgeAnswer.
const receipt = z.object({
  id: z.string(),
  purged: z.boolean(),
  pages: z.object({ found: z.number(), removed: z.number() }),
  durationMs: z.number(),
});
const preview = z.object({ dryRun: z.literal(true), pages: z.object({ found: z.number() }) });

/**
 * Calls the purge function and waits for its receipt, or the preview of a dry run. What the purge function throws is thrown with its name and message;
 * what the Lambda API says (throttled, no permission, no such function) as the SDK throws it.
 *
 * @param functionName the purge function's name or ARN.
 */
export function invokePurge(
  client: LambdaClient,
  functionName: string,
): (request: unknown) => Promise<Receipt | Preview> {
  return async (request) => {
    const { answer, text } = await invokeFunction(client, functionName, request);
    if (!z.union([receipt, preview]).safeParse(answer).success) {
      throw new Error(`${functionName} is not the purge function: it answered ${cut(text, 200)}, which is no receipt`);
    }
    return answer as Receipt | Preview;
  };
}
