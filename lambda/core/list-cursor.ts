import { z } from 'zod';

// DynamoDB's sort keys have 1024 bytes.
const LONGEST_PLACE = 1024;

/** The text by which a list is gone on with, behind a place. */
export function cursorOf(place: string): string {
  return Buffer.from(place, 'utf8').toString('base64url');
}

/** A schema for what `cursorOf` made; it gives the place, '' for none. */
export const cursorSchema = z
  .string('must be what the list before it had as next')
  .default('')
  .transform((text, context) => {
    const place = Buffer.from(text, 'base64url').toString('utf8');
    if (cursorOf(place) === text && Buffer.byteLength(place) <= LONGEST_PLACE) return place;
    context.addIssue({ code: 'custom', message: 'must be what the list before it had as next' });
    return z.NEVER;
  });
