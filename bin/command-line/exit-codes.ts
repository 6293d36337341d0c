/** What the command line ends with: pipelines go by it. */
export const ExitCode = {
  FINE: 0,
  /** It was tried, and failed, or what it shows is not well. */
  FAILED: 1,
  /** What was asked for cannot be asked for like this; nothing was done. */
  WRONG_USE: 2,
  /** `inspect`: no page is stored for the request. */
  NOT_STORED: 3,
} as const;

/** Options or arguments that cannot be. */
export class UsageError extends Error {
  public readonly exitCode = ExitCode.WRONG_USE;
}

// What the functions throw for requests that break rules.
const REFUSED = /^(?:Inspect|Purge|Warm|Write)RequestError$/;

/** The exit code for what a command threw. */
export function exitCodeOf(error: Error & { readonly exitCode?: number; readonly code?: string }): number {
  if (error.code?.startsWith('commander.') === true) {
    return error.exitCode === 0 ? ExitCode.FINE : ExitCode.WRONG_USE;
  }
  return error.exitCode ?? (REFUSED.test(error.name) ? ExitCode.WRONG_USE : ExitCode.FAILED);
}
