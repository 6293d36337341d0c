import type { NginxMemcacheSiteProps } from './nginx-memcache-site-props';
import { type OriginBinding, OriginHost } from './origin';
import { keyForm } from './site/compatibility';
import type { SiteConfig } from './site/site-config';

/**
 * Checks that an application which stores its pages itself can be one that nginx understands.
 *
 * @throws Error for props that contradict `pageFormat`.
 */
export function checkPageFormat(
  path: string,
  { fill }: NginxMemcacheSiteProps,
  { compatibility }: SiteConfig,
  { hostHeader }: OriginBinding,
): void {
  if (compatibility === undefined) {
    return;
  }
  if (fill !== undefined) {
    throw new Error(
      `${path}: fill and pageFormat contradict each other: the application stores its pages itself; leave fill out`,
    );
  }
  if (hostHeader === OriginHost.ORIGIN && keyForm(compatibility).material.includes('$http_host')) {
    throw new Error(
      `${path}: the origin's hostHeader must be OriginHost.VISITOR, got: OriginHost.ORIGIN: the keys of pageFormat have the host that the application sees, and visitors ask for another one`,
    );
  }
}
