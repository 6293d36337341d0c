export { type ItemPurgeRule, type ObjectPurgeRule } from './event-rules';
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
export * from './purge-events';
export { type PurgeLimits } from './purge-limits';
export * from './purge-options';
export { PurgeMode, type PurgeSelection } from './purge-selection';
export { PurgeStep, type PurgeStepProps } from './purge-step';
export * from './purgeable-site';
export { type SiteFunctionProps } from './site-function';
