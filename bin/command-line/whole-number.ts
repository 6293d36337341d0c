import { InvalidArgumentError } from 'commander';

/** Reads a number of an option. @throws InvalidArgumentError for anything else. */
export function wholeNumber(text: string): number {
  if (!/^\d{1,9}$/.test(text)) {
    throw new InvalidArgumentError('It must be a whole number.');
  }
  return Number(text);
}
