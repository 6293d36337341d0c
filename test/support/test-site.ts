import { type LocalSite, startSite, type StartSiteOptions } from '../../local/site';
import { parseSiteConfig, type SiteConfigInput } from '../../lib/site/site-config';
import { startTestOrigin, type TestOrigin } from './test-origin';

/** A whole site in front of an origin that the test decides. */
export interface TestSite extends LocalSite {
  readonly origin: TestOrigin;
  /** Where visitors come, as `127.0.0.1:port`. */
  readonly address: string;
  /** Everything that nginx, the writer and the functions said. */
  readonly messages: string[];
}

// On a busy machine a Memcached that works may be late; a page that is then not stored is no fault.
const PATIENT = { storeTimeout: 1000 };

/** Starts a site with real servers on free ports. */
export async function startTestSite(
  config: Partial<SiteConfigInput> = {},
  options: Partial<StartSiteOptions> = {},
): Promise<TestSite> {
  const origin = await startTestOrigin();
  const messages: string[] = [];
  const site = await startSite({
    config: parseSiteConfig({ site: 'test', ...config, limits: { ...PATIENT, ...config.limits } }),
    origin: `http://${origin.address}`,
    onMessage: (line) => messages.push(line),
    ...options,
  });
  const stop = async () => {
    await site.stop();
    await origin.close();
  };
  return { ...site, origin, address: site.url.replace('http://', ''), messages, stop };
}
