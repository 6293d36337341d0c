import type { Handler } from 'aws-lambda';
import { functionStores } from '../adapters/function-stores';
import { functionView } from '../adapters/function-view';
import { renderingEnvironment } from '../adapters/rendering-environment';
import { MOST_SITEMAP_BYTES } from '../adapters/sitemap-file';
import { warmHandler } from './handler';

const environment = renderingEnvironment();
const { site: config, reachableOrigin: origin } = environment;

/** The function that warms pages as Lambda calls it. */
export const handler: Handler = warmHandler({
  config,
  stores: functionStores(environment),
  ...(origin !== undefined && {
    view: functionView(environment, origin),
    sitemapView: functionView(environment, origin, { mostBytes: MOST_SITEMAP_BYTES }),
  }),
});
