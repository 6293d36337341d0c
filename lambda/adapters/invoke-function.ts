import { InvokeCommand, type LambdaClient, type LambdaClientConfig } from '@aws-sdk/client-lambda';
import { z } from 'zod';
import { cut } from './purge-events/event-shape';

/** How the functions of a site are called: they may run for the 15 minutes that Lambda gives them; repeating is safe. */
export const functionClientConfig = {
  maxAttempts: 3,
  // A request that takes longer has been lost with its connection.
  requestHandler: { connectionTimeout: 5000, requestTimeout: 16 * 60_000, throwOnRequestTimeout: true },
} satisfies LambdaClientConfig;

const failure = z.object({ errorType: z.string().default('FunctionError'), errorMessage: z.string() });

/**
 * Calls a function and waits for its answer. What the function throws is thrown with its name and message; what the Lambda
 * API says (throttled, no permission, no such function) as the SDK throws it.
 *
 * @param functionName its name or ARN.
 * @returns the answer's text as well as what it says as JSON, undefined where it is none.
 */
export async function invokeFunction(
  client: LambdaClient,
  functionName: string,
  request: unknown,
): Promise<{ readonly answer: unknown; readonly text: string }> {
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
  return { answer, text };
}

function fromJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
