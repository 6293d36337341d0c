import type { PageRow } from './page-index';
import type { NodeResult } from './page-store';
import type { Selector } from './selector';

/** How many pages a purge concerned. */
export interface SelectedPages {
  /** Pages that should be stored by what the index knows; one that two selectors select counts twice. */
  readonly found: number;
  /** Keys that were on a node and no longer are. */
  readonly removed: number;
  /** Pages that were rendered again. */
  readonly refreshed: number;
}

/** What a purge did. */
export interface Receipt {
  /** The purge's id in the journal. */
  readonly id: string;
  /** Whether every node answered: then none of the selected pages is served any more. */
  readonly purged: boolean;
  readonly mode: 'delete' | 'refresh';
  readonly selectors: readonly Selector[];
  readonly pages: SelectedPages;
  readonly nodes: readonly NodeResult[];
  readonly durationMs: number;
}

/** What a purge would do: nothing was changed. */
export interface Preview {
  readonly dryRun: true;
  readonly selectors: readonly Selector[];
  readonly pages: Pick<SelectedPages, 'found'>;
  /** The first pages that were found, without those whose life is over. */
  readonly examples: readonly Pick<PageRow, 'scheme' | 'host' | 'path' | 'query' | 'variants'>[];
}

/** Nodes did not answer a purge: pages that it selects may still be served. */
export class PurgeIncompleteError extends Error {
  public constructor(public readonly receipt: Receipt) {
    const failed = receipt.nodes.filter(({ error }) => error !== undefined);
    super(
      `purge ${receipt.id} is incomplete: ${failed.map(({ node, error }) => `${node} (${error})`).join(', ')} of ` +
        `${receipt.nodes.length} nodes did not answer, and may still serve purged pages; repeat the purge, which is always safe`,
    );
    this.name = 'PurgeIncompleteError';
  }
}
