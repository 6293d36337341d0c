import { z } from 'zod';

const DURATION = /^P(?=.)(?:(\d{1,4})D)?(?:T(?=.)(?:(\d{1,6})H)?(?:(\d{1,6})M)?(?:(\d{1,9})S)?)?$/;
const SECONDS_OF = [86_400, 3600, 60, 1];
const DAY_OR_TIME = /^\d{4}-\d\d-\d\d(?:T\d\d:\d\d(?::\d\d(?:\.\d{1,9})?)?(?:Z|[+-]\d\d:\d\d))?$/;

/** A schema for a moment that is over, or a duration up to now. It gives milliseconds since 1970. */
export function sinceSchema(now: number) {
  const rule = "must be a day or time such as '2026-03-01', or a duration such as 'P1D', not in the future";
  return z.string(rule).transform((text, context) => {
    const [, ...parts] = DURATION.exec(text) ?? [];
    const since =
      parts.length > 0
        ? now - 1000 * parts.reduce((sum, part, i) => sum + Number(part ?? 0) * (SECONDS_OF[i] ?? 0), 0)
        : DAY_OR_TIME.test(text)
          ? Date.parse(text)
          : NaN;
    if (since <= now) return since;
    context.addIssue({ code: 'custom', message: rule });
    return z.NEVER;
  });
}
