/** A text as a regular expression that matches nothing else, in the syntax that PCRE and JavaScript share. */
export function escapePattern(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
}

/** The pattern of a cookie that is sent with a value of `valuePattern`, in a Cookie header. */
export function cookiePattern(name: string, valuePattern: string): string {
  return `(?:^|;) *${escapePattern(name)}=${valuePattern} *(?:;|$)`;
}
