import type { SiteConfig } from '../../lib/site/site-config';
import { plainBody } from './body-coding';
import { longestRoute } from './longest-route';
import { headerValues, type PageResponse } from './page';
import type { StorageReason } from './reasons';

/** Why a page with tokens is not stored, or one in which none can be looked for. */
export type TokenReason = Extract<StorageReason, 'csrf-token' | 'nonce' | 'content-encoding'>;

// What may become of a compressed body; beyond it, nobody looks.
const EXPANSION = 8;
// HTML's text and JSON: where frameworks put tokens. Scripts and style sheets of their own are files.
const SEARCHED = /^\s*(?:text\/html|application\/xhtml\+xml|application\/(?:[^;\s]*\+)?json)\s*(?:;|$)/i;
const POLICIES = ['Content-Security-Policy', 'Content-Security-Policy-Report-Only'];

// A tag in which nothing else begins, so that a text of many open ones is read once; and no longer than any with a token.
const TAG = /<(input|meta|script|style|link)\s([^<>]{1,4096})/gi;
// Both kinds of quotes, or none.
const ATTRIBUTE = /([^\s"'=/]{1,64})\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s"'>]+))/g;
/**
 * The names under which frameworks send a form's token: anything with csrf or xsrf in it, and what Rails, Laravel, Symfony, ASP.NET
 * and Drupal call theirs. Left out are WordPress's nonces and Magento's form keys, which visitors without a session share.
 */
const TOKEN_NAME = /^(?:.*[cx]srf.*|authenticity_token|_token|.*\[_token\]|__RequestVerificationToken.*|form_token)$/is;
// What is said about a token: under which name or in which header it is to be sent.
const ABOUT_TOKENS = /(?:header|param|parameter|name|cookie|field|key|url|path|enabled|methods?)$/i;
// Joomla's: a name that nobody could guess, whose value is 1.
const UNGUESSABLE_NAME = /^[0-9a-f]{32}$/;
// In scripts and JSON: a name that ends with token, whose value looks like nothing that a person writes.
const SCRIPT_NAME = /[cx]srf/gi;
// As it stands in scripts, in texts of texts, and in attributes.
const QUOTE = String.raw`(?:\\{0,3}["']|&quot;|&#(?:34|39|x22|x27);)`;
const SCRIPT_TOKEN = new RegExp(
  String.raw`[\w$-]{0,32}${QUOTE}?\s{0,16}[:=]\s{0,16}${QUOTE}(?=[^"'&]{0,255}\d)[\w+/=.~-]{16,256}${QUOTE}`,
  'y',
);
const WORD = /[\w$-]{0,64}/y;
// Most tags have no such attributes, and need no closer look.
const WORTH_A_LOOK = /srf|token|nonce|\b[0-9a-f]{32}\b/i;

/**
 * Looks for what is meant for one rendering only, and does harm in a page that is shown to everybody: a CSRF token, which lets
 * whoever has seen it forge another visitor's form, and a nonce of a content security policy (CSP section 7.1: it must be
 * different each time), with which whoever has seen it can run scripts.
 *
 * @returns undefined where nothing was found, or the site stores such pages (`storage.storeTokens`).
 */
export async function tokenIn(
  { headers, body }: PageResponse,
  path: string,
  config: Pick<SiteConfig, 'limits' | 'storage'>,
): Promise<TokenReason | undefined> {
  if (longestRoute(config, path, 'storeTokens') ?? config.storage.storeTokens) {
    return undefined;
  }
  if (POLICIES.some((name) => headerValues(headers, name).some((policy) => /'nonce-/i.test(policy)))) {
    return 'nonce';
  }
  if (body.length === 0 || !headerValues(headers, 'Content-Type').some((type) => SEARCHED.test(type))) {
    return undefined;
  }
  const plain = await plainBody({ status: 200, headers, body }, config.limits.pageSize * EXPANSION);
  return plain === undefined ? 'content-encoding' : tokenOf(plain.toString('latin1'));
}

/** What a text of HTML or JSON has in it. */
export function tokenOf(text: string): 'csrf-token' | 'nonce' | undefined {
  for (const [, tag = '', attributes = ''] of text.matchAll(TAG)) {
    const found = WORTH_A_LOOK.test(attributes) ? tokenOfTag(tag.toLowerCase(), attributes) : undefined;
    if (found !== undefined) return found;
  }
  for (const { index } of text.matchAll(SCRIPT_NAME)) {
    if (!ABOUT_TOKENS.test(at(WORD, text, index) ?? '') && at(SCRIPT_TOKEN, text, index) !== undefined) {
      return 'csrf-token';
    }
  }
  return undefined;
}

function tokenOfTag(tag: string, attributes: string): 'csrf-token' | 'nonce' | undefined {
  const values = new Map<string, string>();
  for (const [, name = '', double, single, bare] of attributes.matchAll(ATTRIBUTE)) {
    // Browsers take the first of two.
    if (!values.has(name.toLowerCase())) values.set(name.toLowerCase(), double ?? single ?? bare ?? '');
  }
  if (tag !== 'input' && tag !== 'meta') {
    return values.get('nonce') ? 'nonce' : undefined;
  }
  const name = values.get('name') ?? '';
  const value = values.get(tag === 'input' ? 'value' : 'content') ?? '';
  const isToken = TOKEN_NAME.test(name) && !ABOUT_TOKENS.test(name) && value !== '';
  return isToken || (tag === 'input' && UNGUESSABLE_NAME.test(name) && value === '1') ? 'csrf-token' : undefined;
}

/** What a sticky pattern matches at a place. */
function at(pattern: RegExp, text: string, index: number): string | undefined {
  pattern.lastIndex = index;
  return pattern.exec(text)?.[0];
}
