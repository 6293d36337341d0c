/** An answer of Lambda that reports an error. */
interface Failure {
  readonly errorType?: string;
  readonly errorMessage?: string;
  readonly Message?: string;
}

/**
 * Calls a function at Lambda's Invoke API, which the local site answers too.
 *
 * @throws Error in one line when nothing answers there, and with the function's own words and name when it fails.
 */
export async function invoke<Answer>(endpoint: string, name: string, event: unknown): Promise<Answer> {
  const url = `${endpoint.replace(/\/$/, '')}/2015-03-31/functions/${encodeURIComponent(name)}/invocations`;
  const response = await fetch(url, { method: 'POST', body: JSON.stringify(event) }).catch((error: Error) => {
    throw new Error(
      `${endpoint} does not answer (${(error.cause as Error | undefined)?.message ?? error.message}): is the site running? Start it with npm start, or name the stack of a deployed one with --stack`,
    );
  });
  const answer = (await response.json().catch(() => {
    throw new Error(`${url} does not answer as Lambda does (status ${response.status}): is --endpoint-url right?`);
  })) as Answer & Failure;
  const failure = answer.errorMessage ?? answer.Message;
  if (!response.ok || failure !== undefined) {
    throw Object.assign(new Error(failure ?? `${url} answered ${response.status}`), {
      name: answer.errorType ?? 'Error',
    });
  }
  return answer;
}
