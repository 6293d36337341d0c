import { parseSiteConfig } from '../../lib/site/site-config';
import type { StartSiteOptions } from '../../local/site';
import type { ListeningServer } from './listening-servers';
import { startTestSite, type TestSite } from './test-site';
import { type Visit, Visits } from './visits';

/** Something that breaks. */
export interface Fault {
  /** What `Cache-Status` says of answers that are not what they were without it. */
  readonly felt: string;
  /** Breaks it, and says what mends it; nothing where it stays broken. */
  readonly begin: (site: TestSite) => Promise<(() => Promise<unknown>) | undefined>;
  /** How many answers every visitor has while it is broken. Default: 10 */
  readonly answers?: number;
  /** What the site has to be for it. */
  readonly site?: Partial<StartSiteOptions>;
}

// A writer that hangs costs a miss the deadline and two seconds more: nginx then asks the origin. A node that hangs costs
// this machine, however busy it is, more than production's default.
const LIMITS = { fillDeadline: 2, storeTimeout: 250 };
const CONFIG = parseSiteConfig({ site: 'test', limits: LIMITS });
const ANSWERS = 10;

/** A site to break. */
export function startBreakableSite(options?: Partial<StartSiteOptions>): Promise<TestSite> {
  return startTestSite({ limits: LIMITS }, options);
}

/** Has nginx read another deployment, from which some parts differ. */
export function redeploy(site: TestSite, parts: Partial<TestSite['deployment']>): Promise<void> {
  return site.nginx.reload(CONFIG, { ...site.deployment, ...parts });
}

/** Has visitors come while something breaks and, where it can be, is mended again. @returns what was not the application's own answer. */
export async function failuresUnder(
  site: TestSite,
  { felt, begin, answers = ANSWERS }: Fault,
): Promise<readonly Visit[]> {
  const visits = await Visits.start(site);
  try {
    await visits.see('hit', 'fwd=uri-miss; stored');
    await visits.answers(ANSWERS);
    const mend = await begin(site);
    try {
      await visits.see(felt);
      await visits.answers(answers);
    } finally {
      await mend?.();
    }
    if (mend !== undefined) {
      await visits.noLonger(felt);
      await visits.see('hit', 'fwd=uri-miss; stored');
    }
  } finally {
    await visits.stop();
  }
  return visits.failed;
}

/** The fault of a process that is killed. */
export function killed(parts: (site: TestSite) => readonly { stop(): Promise<void> }[]): Fault['begin'] {
  return async (site) => {
    await Promise.all(parts(site).map((part) => part.stop()));
    return undefined;
  };
}

/** The fault of something else in a part's place, as nginx sees it. */
export function inPlace(
  part: 'memcached' | 'writer' | 'fillFunction',
  start: () => Promise<ListeningServer>,
): Fault['begin'] {
  return async (site) => {
    const server = await start();
    await redeploy(site, part === 'memcached' ? { nodes: [server.address] } : { [part]: server.address });
    return async () => {
      await redeploy(site, {});
      await server.close();
    };
  };
}

/** The fault of processes that are stopped (SIGSTOP): their kernel accepts and takes for them, and nothing answers. */
export function hanging(pids: (site: TestSite) => readonly number[]): Fault['begin'] {
  return (site) => {
    const signal = (name: NodeJS.Signals) => pids(site).forEach((pid) => process.kill(pid, name));
    signal('SIGSTOP');
    return Promise.resolve(() => Promise.resolve(signal('SIGCONT')));
  };
}
