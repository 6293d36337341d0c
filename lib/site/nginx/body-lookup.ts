import type { SiteConfig } from '../site-config';
import { WriterProtocol } from '../writer-protocol';
import { map, quote } from './text';

/** The static file by which pages are looked up: whole responses, perhaps kept by each node, or bodies alone. */
export function hitFile({ compatibility, perNodeCache }: SiteConfig): string {
  if (compatibility !== undefined) {
    return 'hit-body.conf';
  }
  return perNodeCache.size > 0 ? 'hit-per-node.conf' : 'hit.conf';
}

/** What a body that lies alone in the store is served as. */
export function bodyLookup({ compatibility }: SiteConfig): string {
  if (compatibility === undefined) {
    return '';
  }
  const { contentType, gzipFlag } = compatibility;
  // nginx knows the types of a few file extensions by itself.
  const type = `types { }\ndefault_type ${quote(contentType)};\n`;
  return gzipFlag === undefined ? type : `${type}memcached_gzip_flag ${gzipFlag};\ninclude expand.conf;\n`;
}

/** By which the application knows requests that anybody else could have sent; in place of what a visitor sends so. */
export function mayStore({ compatibility }: SiteConfig): string {
  return compatibility === undefined ? '' : `proxy_set_header ${WriterProtocol.MAY_STORE} $may_store;\n`;
}

/** The map behind `$missing_reason`: what a miss is called for which nobody gave a reason. */
export function missingReason({ compatibility }: SiteConfig): string {
  const otherwise = compatibility === undefined ? quote('; detail=writer-unreachable') : '""';
  return map('""', 'missing_reason', [], otherwise);
}
