export * from './fill';
export * from './nginx-memcache-site';
export * from './nginx-memcache-site-props';
export * from './nginx-tier';
export * from './origin';
export {
  PageCache,
  type PageCacheBindOptions,
  type PageCacheBinding,
  type PageCacheClusterOptions,
} from './page-cache';
export * from './page-index';
export * from './page-key';
export * from './page-purger';
export * from './page-writer';
export { type SiteFunctionProps } from './site-function';
