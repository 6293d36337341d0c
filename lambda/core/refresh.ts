import { pageKey } from '../../lib/site/page-key';
import { forEachAtOnce } from './batches';
import { fill } from './fill';
import type { NodeDeletions } from './node-deletions';
import type { PageRow } from './page-index';
import type { PurgeTools } from './purge';

// What is not refreshed by then is removed: a purge that runs out of time has removed nothing for certain.
const LEAST_TIME = 60_000;

/**
 * Renders pages again and publishes them over the old ones, so that nobody meets a miss; what cannot be published, it
 * removes. It begins after the purge's entry: so its own fills are not stopped by it.
 */
export class Refresher {
  private readonly done = new Set<string>();

  public constructor(
    private readonly tools: PurgeTools,
    private readonly deletions: NodeDeletions,
  ) {}

  /** How many pages were rendered again. */
  public get refreshed(): number {
    return this.done.size;
  }

  public isRefreshed(key: string): boolean {
    return this.done.has(key);
  }

  public async refresh(rows: readonly PageRow[]): Promise<void> {
    const { config, now, timeLeft = () => Infinity } = this.tools;
    // A page may be selected twice.
    const left = rows.filter(({ key }) => !this.done.has(key));
    // Of an expired page nothing is left to refresh, of another key spec nothing that is asked for.
    const mayBeThere = (row: PageRow) => row.storedUntil * 1000 > now() && pageKey(config, row) === row.key;
    // Before the new pages are published: should one of them soon be gone, nobody may find its old copy.
    await this.deletions.removeKept(left.map(({ key }) => key));
    await this.deletions.removePages(left.filter((row) => !mayBeThere(row)).map(({ key }) => key));
    await forEachAtOnce(left.filter(mayBeThere), config.purging.refreshConcurrency, async (row) => {
      const node = timeLeft() > LEAST_TIME ? await this.render(row) : undefined;
      // On other nodes it may lie since the ring was another one.
      await this.deletions.removePages([row.key], node);
      if (node !== undefined) this.done.add(row.key);
    });
  }

  /** The node on which a new rendering was published; undefined when there is none. */
  private async render(row: PageRow): Promise<string | undefined> {
    const { view } = this.tools;
    if (view === undefined) {
      return undefined;
    }
    let node: string | undefined;
    const answer = await fill(this.tools, view, row, { over: 'page', onPublish: (token) => (node = token.node) });
    return answer.kind === 'page' && answer.outcome === 'stored' ? node : undefined;
  }
}
