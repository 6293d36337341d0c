import { type BypassRule, bypassRules, LONGEST_QUERY } from '../eligibility';
import { loopMark } from '../loop-mark';
import type { SiteConfig } from '../site-config';
import type { NginxDeployment } from './deployment';
import { map, quote, regex } from './text';
import { visitorScheme } from './visitor-scheme';

/**
 * The maps behind `$bypass_reason` (why a request may not be answered from the cache, empty when it may) and
 * `$forward_reason` (the same, or that the cache is switched off or only observing).
 */
export function eligibilityMaps(config: SiteConfig, deployment: NginxDeployment): string {
  const rules = bypassRules(config);
  const variableOf = (i: number) => (i < rules.length ? `$bypass_${i}` : '""');
  const chain = rules.map((rule, i) => {
    const next = variableOf(i + 1);
    const [matched, otherwise] = rule.bypassWhen === 'matches' ? [rule.reason, next] : [next, rule.reason];
    // nginx asks no regular expression about an empty value.
    const empty = new RegExp(rule.pattern).test('') ? matched : otherwise;
    const cases = [
      ['""', empty],
      [regex(rule.pattern, rule.ignoreCase), matched],
    ] as const;
    return map(`$${rule.variable}`, `bypass_${i}`, cases, otherwise);
  });
  const { source, pattern, covers } = ordinaryRequest(rules);
  return [
    visitorScheme(config, deployment),
    unknownHost(config),
    loop(config),
    map(quote(source), 'bypass_reason', [[regex(pattern), variableOf(covers)]], variableOf(0)),
    ...chain,
    forwardReason(config),
    unsafeRequest(config),
  ].join('\n');
}

// Narrower than the rules, and without an alternative to go back to: PCRE keeps none (`+` behind a quantifier), or a path of
// many segments would be more than it has room for.
const PLAIN_HOST = String.raw`(?=[^\n]{1,200}\n)[a-z0-9]+(?:[.-][a-z0-9]+)*(?::[0-9]{1,5})?`;
const PLAIN_SEGMENT = '[A-Za-z0-9_~-][A-Za-z0-9._~-]*+';
const PLAIN_QUERY = String.raw`(?:\?[A-Za-z0-9._~%&=+-]{0,${LONGEST_QUERY}})?`;
// Of a pattern that it gives up, nginx writes the text into its log: no line of it may be JSON, which CloudWatch could take for metrics.
const NEXT_PART = '\n-';
const PLAIN_REQUEST = `(?:GET|HEAD) /(?:${PLAIN_SEGMENT}(?:/${PLAIN_SEGMENT})*+/?)?${PLAIN_QUERY} HTTP/1[.][01]`;

/**
 * The request that most visitors send, in one pattern: what matches it breaks none of the first `covers` rules, which are
 * half of what a hit costs when nginx asks them one after the other. Headers that have to be empty come as one text.
 */
function ordinaryRequest(rules: readonly BypassRule[]): { source: string; pattern: string; covers: number } {
  const cookies = rules.findIndex(({ variable }) => variable === 'http_cookie');
  const absent = rules.slice(0, cookies).filter(({ pattern }) => pattern === '^$' || pattern === '^0*$');
  const accept = rules.find(({ variable }) => variable === 'http_accept')?.pattern ?? '';
  return {
    // A line's end is the one byte that no part can contain: whoever sends a separator could forge the parts that follow.
    source: [
      '$http_host',
      absent.map(({ variable }) => `$${variable}`).join(''),
      '$http_accept',
      '$request',
      '$http_cookie',
    ].join(NEXT_PART),
    pattern: String.raw`^${PLAIN_HOST}\n-\n-(?!(?i)[^\n]*${accept})[^\n]*\n-${PLAIN_REQUEST}\n-${rules[cookies]?.pattern.slice(1)}`,
    covers: cookies + 1,
  };
}

function unknownHost(config: SiteConfig): string {
  const known =
    config.hosts.length === 0 || config.mode === 'off' ? [] : [...config.hosts, ...config.eligibility.bypassHosts];
  return map(
    '$host',
    'unknown_host',
    [...new Set(known)].map((host) => [quote(host), '""'] as const),
    known.length === 0 ? '""' : '1',
  );
}

// RFC 8586: a request that has been here before would go round for ever.
function loop(config: SiteConfig): string {
  return (
    map('$http_cdn_loop', 'loop', [[regex(`${loopMark(config)}(?:[ ,;]|$)`), '1']], '""') +
    map(
      '$http_cdn_loop',
      'cdn_loop',
      [
        ['""', quote(loopMark(config))],
        // From our own server before.
        [regex(`${loopMark(config)}(?:[ ,;]|$)`), '$http_cdn_loop'],
      ],
      quote(`$http_cdn_loop, ${loopMark(config)}`),
    )
  );
}

// The safe ones of IANA's registry of methods (RFC 9110 section 9.2.1); CONNECT is for proxies. All others are unsafe, also
// those that nobody knows: RFC 9111 section 4.4.
const SAFE_METHODS = 'GET|HEAD|OPTIONS|TRACE|PROPFIND|REPORT|SEARCH|QUERY|PRI|CONNECT';
// What Node reads of the others; what else there is comes to the writer by another name.
const READ_METHODS =
  'POST|PUT|PATCH|DELETE|ACL|BIND|CHECKOUT|COPY|LINK|LOCK|MERGE|MKACTIVITY|MKCALENDAR|MKCOL|MOVE|PROPPATCH|REBIND|UNBIND|UNLINK|UNLOCK';

function unsafeRequest(config: SiteConfig): string {
  const routed = config.mode === 'on' && config.purging.onUnsafeRequests;
  // Node reads targets of visible ASCII. Others go to the origin as they came.
  const unsafe = regex(String.raw`^(?!(?:${SAFE_METHODS}) )[A-Z_-]+ /[\x21-\x7e]*$`);
  const read = regex(`^(?:${READ_METHODS})$`);
  return [
    map('"$request_method $request_uri"', 'unsafe_request', routed ? [[unsafe, '1']] : [], '""'),
    map('$request_method', 'writer_method', [[read, '$request_method']], 'POST'),
    map('$request_method', 'unread_method', [[read, '""']], '$request_method'),
    // Behind the server that sent it past the writer.
    map('$http_x_nms_method', 'sent_method', [['""', '$request_method']], '$http_x_nms_method'),
  ].join('');
}

function forwardReason(config: SiteConfig): string {
  switch (config.mode) {
    case 'on':
      return map('$bypass_reason', 'forward_reason', [], '$bypass_reason');
    case 'observe':
      return map('$bypass_reason', 'forward_reason', [['""', 'observe-only']], '$bypass_reason');
    case 'off':
      return map('$bypass_reason', 'forward_reason', [], 'off');
  }
}
