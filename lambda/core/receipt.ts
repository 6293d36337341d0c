import type { Selector } from './page-index';
import type { NodeResult } from './page-store';

/** What a purge did. */
export interface Receipt {
  /** The purge's id in the journal. */
  readonly id: string;
  /** Whether every node answered: then none of the selected pages is served any more. */
  readonly purged: boolean;
  readonly selectors: readonly Selector[];
  /** `found`: pages that the index knew, perhaps expired since. `removed`: keys that were there and no longer are. */
  readonly pages: { readonly found: number; readonly removed: number };
  readonly nodes: readonly NodeResult[];
  readonly durationMs: number;
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
