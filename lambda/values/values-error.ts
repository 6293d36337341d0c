/**
 * Why a call failed:
 *
 * - `bad-argument`: it breaks a rule; nothing was sent.
 * - `too-large`: the value is larger than `valueLimit`, or than the node takes.
 * - `missing`: there is no value to count up or down.
 * - `not-a-number`: the value to count up or down is no whole number from 0 on.
 * - `unreachable`: its node did not answer, or not in time. A write may have happened all the same.
 */
export type ValuesErrorReason = 'bad-argument' | 'too-large' | 'missing' | 'not-a-number' | 'unreachable';

/** A call on values failed. The message names the key or the node, the rule, and what to do. */
export class ValuesError extends Error {
  public constructor(
    public readonly reason: ValuesErrorReason,
    message: string,
    options?: ErrorOptions,
  ) {
    super(message, options);
    this.name = 'ValuesError';
  }
}

/** @throws ValuesError naming every fault, if there is one. */
export function refuse(faults: readonly (string | undefined)[]): void {
  const found = faults.filter((fault) => fault !== undefined);
  if (found.length > 0) {
    throw new ValuesError('bad-argument', found.join('; '));
  }
}
