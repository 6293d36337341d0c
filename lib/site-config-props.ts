import type { Duration } from 'aws-cdk-lib';
import { CLOUDFRONT_SCHEME } from './cloud-front-access';
import type { NginxMemcacheSiteProps } from './nginx-memcache-site-props';
import { parseSiteConfig, type SiteConfig, SiteConfigError } from './site/site-config';

/**
 * The site's document that a construct's props describe. What is not given keeps the document's own default.
 *
 * @throws Error naming every field that breaks a rule.
 */
export function siteConfigFromProps(path: string, site: string, props: NginxMemcacheSiteProps): SiteConfig {
  const document = {
    site,
    mode: props.enabled === false ? 'off' : props.observeOnly ? 'observe' : 'on',
    hosts: props.hosts,
    key: {
      version: props.keyVersion,
      scheme: props.schemePolicy,
      query: props.queryPolicy?._render(),
      variants: props.variants?.map((variant) => variant._render()),
    },
    scheme: {
      headers: [...(props.cloudFront === undefined ? [] : [CLOUDFRONT_SCHEME]), ...(props.schemeHeaders ?? [])],
    },
    compatibility: props.pageFormat?._render(),
    eligibility: {
      harmlessCookies: props.harmlessCookies,
      cachedPaths: props.cachedPaths,
      bypassPaths: props.bypassPaths,
      bypassHosts: props.bypassHosts,
      authorization: chosen(props.cacheAuthorized, 'as-the-page-says'),
      requestDirectives: chosen(props.honourRequestDirectives, 'honour'),
    },
    storage: {
      defaultTtl: seconds(props.defaultTtl),
      maxTtl: seconds(props.maxTtl),
      negativeTtl: seconds(props.negativeTtl),
      maxNegativeTtl: seconds(props.maxNegativeTtl),
      makeEtags: props.makeEtags,
      minify: props.minify,
      routes: props.routes?.map(({ path, ttl, tags, minify, cacheTokens }) => ({
        ...{ path, ttl: seconds(ttl), tags, minify },
        storeTokens: cacheTokens,
      })),
      storeTokens: props.cacheTokens,
      offSiteRedirects: props.cacheOffSiteRedirects,
      ignoredVary: props.ignoredVary,
      keptFor: seconds(props.keptFor),
      staleIfError: seconds(props.staleIfError),
      targetedFields: props.targetedFields,
      heuristicFraction: props.heuristicFraction,
      errorsThatSaySo: props.errorsThatSaySo,
      keepNoCache: props.keepNoCache,
      staleWhileRevalidate: seconds(props.staleWhileRevalidate),
    },
    fragments: props.fragments && { ...props.fragments, timeout: seconds(props.fragments.timeout) },
    tags: { keepHeaders: props.keepTagHeaders },
    purging: {
      index: props.index,
      flush: props.flushOnPurge,
      onUnsafeRequests: props.purgeOnUnsafeRequests,
      refreshConcurrency: props.refreshConcurrency,
    },
    warming: { requestsPerSecond: props.warmRequestsPerSecond, concurrency: props.warmConcurrency },
    perNodeCache: { size: props.perNodeCache?.toBytes() },
    fill: {
      headers: props.fillHeaders,
      forwardedHeaders: props.forwardedHeaders,
      unstorable: chosen(props.answerUnstorable, 'answer'),
    },
    cacheStatus: { details: props.cacheStatusDetails },
    limits: { pageSize: props.maxPageSize?.toBytes() },
  };
  try {
    return parseSiteConfig(document);
  } catch (error) {
    throw error instanceof SiteConfigError ? new Error(`${path}: ${error.message}`) : error;
  }
}

// Parts of a second are left for the document's own check to refuse, with every other fault.
function seconds(duration?: Duration): number | undefined {
  return duration?.toSeconds({ integral: false });
}

// From JavaScript anything may come: what is no choice is left for the document's own check to refuse.
function chosen<T>(value: boolean | undefined, choice: T): T | boolean | undefined {
  return value === true ? choice : value === false ? undefined : value;
}
