import { InvokeCommand, type LambdaClient, type LambdaClientConfig } from '@aws-sdk/client-lambda';
import { z } from 'zod';
import type { Preview, Receipt } from '../../core/receipt';
import { cut } from './event-shape';

/** How the purge function is called: it may run for the 15 minutes that Lambda gives it, and repeating it is safe. */
export const purgeClientConfig = {
  maxAttempts: 3,
  // A request that takes longer has been lost with its connection.
  requestHandler: { connectionTimeout: 5000, requestTimeout: 16 * 60_000, throwOnRequestTimeout: true },
} satisfies LambdaClientConfig;

// What is passed on to where events came from: see PurgeAnswer.
const receipt = z.object({
  id: z.string(),
  purged: z.boolean(),
  pages: z.object({ found: z.number(), removed: z.number() }),
  durationMs: z.number(),
});
const preview = z.object({ dryRun: z.literal(true), pages: z.object({ found: z.number() }) });
const failure = z.object({ errorType: z.string().default('FunctionError'), errorMessage: z.string() });

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
    const { FunctionError, Payload } = await client.send(
      new InvokeCommand({
        FunctionName: functionName,
        InvocationType: 'RequestResponse',
        Payload: JSON.stringify(request),
      }),
    );
    const text = Payload?.transformToString() ?? '';
    const answer = fromJson(text);
    if (FunctionError !== undefined) {
      const { data = { errorType: FunctionError, errorMessage: cut(text, 1000) } } = failure.safeParse(answer);
      throw Object.assign(new Error(data.errorMessage), { name: data.errorType });
    }
    if (!z.union([receipt, preview]).safeParse(answer).success) {
      throw new Error(`${functionName} is not the purge function: it answered ${cut(text, 200)}, which is no receipt`);
    }
    return answer as Receipt | Preview;
  };
}

function fromJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
