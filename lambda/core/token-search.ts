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
const SEARCHED =
  /^\s*(?:text\/(?:html|vnd\.turbo-stream\.html)|application\/xhtml\+xml|application\/(?:[^;\s]*\+)?json)\s*(?:[;,]|$)/i;
const POLICIES = ['Content-Security-Policy', 'Content-Security-Policy-Report-Only'];

// A tag in which nothing else begins, so that a text of many open ones is read once; and no longer than any with a token.
const TAG = /<(input|meta|script|style|link)\s([^<>]{1,4096})/gi;
// Both kinds of quotes, or none. A name is read from its beginning only: its letters are not tried one after the other.
const ATTRIBUTE = /(?<![^\s"'=/])([^\s"'=/]{1,64})\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s"'>]+))/g;
/**
 * The names under which frameworks send a form's token: anything with csrf or xsrf in it, and what Rails, Laravel, Symfony, ASP.NET,
 * Drupal, CakePHP, TYPO3, Grails, SilverStripe, Moodle, XenForo, Concrete and Atlassian's call theirs. Left out are WordPress's nonces
 * and Magento's form keys, which visitors without a session share.
 */
const TOKEN_NAME =
  /^(?:.*[cx]srf.*|authenticity_token|_token|.*\[_token\]|__RequestVerificationToken.*|form_token|_Token\[.*\]|__RequestToken|SYNCHRONIZER_TOKEN|SecurityID|sesskey|_xfToken|ccm_token|atl_token|atlassian-token)$/is;
// What is said about a token: under which name or in which header it is to be sent.
const ABOUT_TOKENS =
  /(?:header|param|parameter|name|cookie|field|(?<!sess|csrf)key|url|uri|path|route|endpoint|enabled|methods?)$/i;
// Symfony's where a token needs no session: a script puts another one in its place. The same for everybody.
const NO_TOKEN = 'csrf-token';
// Joomla's: a name that nobody could guess, whose value is 1.
const UNGUESSABLE_NAME = /^[0-9a-f]{32}$/;
// In scripts and JSON: a name that ends with token, whose value looks like nothing that a person writes.
const SCRIPT_NAME = /[cx]srf/gi;
const QUOTE = '["\'`]';
const SECRET = String.raw`(?=[\w+/=.~,-]{0,255}\d)[\w+/=.~,-]{16,256}`;
// A text, or an object or a list of fields with the text in it; an attribute without quotes, or a parameter of a link.
const SCRIPT_TOKEN = new RegExp(
  String.raw`[\w$.-]{0,32}(?:${QUOTE}?\s{0,16}(?:[:=]|[:=]\s{0,16}\{\s{0,16}${QUOTE}?(?:token|value|hash)${QUOTE}?\s{0,16}:|,\s{0,16}${QUOTE}token${QUOTE}\s{0,16}:)\s{0,16}${QUOTE}${SECRET}${QUOTE}|=${SECRET}[\s"'<>&])`,
  'y',
);
const WORD = /[\w$.-]{0,64}/y;
// Most tags have no such attributes, and need no closer look.
const WORTH_A_LOOK = /srf|token|nonce|securityid|sesskey|\b[0-9a-f]{32}\b/i;
// In texts of texts, as PHP, Django, Go and Java write them in scripts and JSON.
const ESCAPE = /\\{1,7}(?:u00([0-7][0-9a-f])|x([0-7][0-9a-f])|(["'/`]))/gi;
const ENTITY = /&(?:quot|#(\d{2,3})|#x([0-7][0-9a-f]));/gi;

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
  const types = headerValues(headers, 'Content-Type');
  // Browsers find out by themselves what has no type.
  if (body.length === 0 || (types.length > 0 && !types.some((type) => SEARCHED.test(type)))) {
    return undefined;
  }
  const plain = await plainBody({ status: 200, headers, body }, config.limits.pageSize * EXPANSION);
  return plain === undefined ? 'content-encoding' : tokenOf(plain.toString('latin1'));
}

/** What a text of HTML or JSON has in it. */
export function tokenOf(text: string): TokenReason | undefined {
  const plain = text.includes('\\') ? text.replace(ESCAPE, unescaped) : text;
  return tokenOfTags(text) ?? (plain === text ? undefined : tokenOfTags(plain)) ?? tokenOfScripts(plain);
}

function unescaped(_: string, hex?: string, shortHex?: string, character?: string): string {
  return character ?? String.fromCharCode(parseInt(hex ?? shortHex ?? '22', 16));
}

function tokenOfTags(text: string): TokenReason | undefined {
  for (const [, tag = '', attributes = ''] of text.matchAll(TAG)) {
    const found = WORTH_A_LOOK.test(attributes) ? tokenOfTag(tag.toLowerCase(), attributes) : undefined;
    if (found !== undefined) return found;
  }
  return undefined;
}

function tokenOfScripts(text: string): TokenReason | undefined {
  const plain = text.includes('&')
    ? text.replace(ENTITY, (_, decimal?: string, hex?: string) =>
        String.fromCharCode(decimal === undefined ? parseInt(hex ?? '22', 16) : Number(decimal)),
      )
    : text;
  for (const { index } of plain.matchAll(SCRIPT_NAME)) {
    if (!ABOUT_TOKENS.test(at(WORD, plain, index) ?? '') && at(SCRIPT_TOKEN, plain, index) !== undefined) {
      return 'csrf-token';
    }
  }
  return undefined;
}

function tokenOfTag(tag: string, attributes: string): TokenReason | undefined {
  const values = new Map<string, string>();
  for (const [, name = '', double, single, bare] of attributes.matchAll(ATTRIBUTE)) {
    // Browsers take the first of two.
    if (!values.has(name.toLowerCase())) values.set(name.toLowerCase(), double ?? single ?? bare ?? '');
  }
  if (values.get('nonce') && tag !== 'input') {
    return 'nonce';
  }
  if (tag !== 'input' && tag !== 'meta') {
    return undefined;
  }
  const name = values.get('name') ?? '';
  const value = values.get(tag === 'input' ? 'value' : 'content') ?? '';
  // As Rails says it, and as a policy does in the page itself.
  const isPolicy = values.has('http-equiv') && /'nonce-/i.test(value);
  if (tag === 'meta' && (isPolicy || (name === 'csp-nonce' && value !== ''))) {
    return 'nonce';
  }
  const isToken = TOKEN_NAME.test(name) && !ABOUT_TOKENS.test(name) && value !== '' && value !== NO_TOKEN;
  return isToken || (tag === 'input' && UNGUESSABLE_NAME.test(name) && value === '1') ? 'csrf-token' : undefined;
}

/** What a sticky pattern matches at a place. */
function at(pattern: RegExp, text: string, index: number): string | undefined {
  pattern.lastIndex = index;
  return pattern.exec(text)?.[0];
}
