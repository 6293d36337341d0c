import { UsageError } from './exit-codes';
import type { TargetOptions } from './target';

// What the SDK throws where it finds no credentials, or none that still hold.
const NO_CREDENTIALS =
  /^(?:CredentialsProviderError|TokenProviderError|ExpiredToken(?:Exception)?|UnrecognizedClientException|InvalidClientTokenId)$/;

/**
 * Asks AWS for something.
 *
 * @param what is asked, or asked about.
 * @throws Error in one line, which says what to do where that is known. What a function itself threw stays as it is.
 */
export async function awsCall<T>(what: string, options: TargetOptions, call: () => Promise<T>): Promise<T> {
  try {
    return await call();
  } catch (error) {
    throw explained(what, options, error as Error);
  }
}

function explained(what: string, { stack, region }: TargetOptions, error: Error & { readonly code?: string }): Error {
  const { name } = error;
  const words = error.message.replace(/\s+/g, ' ').trim();
  if (/^Region is missing/.test(words)) {
    return new UsageError('no region: give --region, or set AWS_REGION, or one for the profile');
  }
  if (NO_CREDENTIALS.test(name)) {
    return new Error(
      `no AWS credentials that hold (${words}): give --profile, or set them as for the AWS command line`,
      { cause: error },
    );
  }
  if (name === 'ValidationError' && /does not exist/.test(words)) {
    return new UsageError(
      `there is no stack ${stack}${region === undefined ? '' : ` in ${region}`}: are --stack, --region and --profile right?`,
    );
  }
  if (/^E[A-Z]+$/.test(error.code ?? '')) {
    return new Error(`${what}: AWS does not answer (${words})`, { cause: error });
  }
  // An error of AWS has what the answer was; a function's own has not, and may have several lines.
  return '$metadata' in error ? new Error(`${what}: ${name}: ${words}`, { cause: error }) : error;
}
