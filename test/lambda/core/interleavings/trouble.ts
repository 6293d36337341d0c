import { usableNodes } from '../../../../lambda/adapters/cluster';
import { IndexError } from '../../../../lambda/core/page-index';
import type { World } from '../page-cache-world';
import type { Scene } from './scene';
import { OTHER_RING, RING } from './stage';

/** What puts an end to a trouble. */
export interface TroubleEnd {
  readonly afterFailure: () => void;
  readonly afterSuccess: () => void | Promise<void>;
}

/** Lets something happen to the nodes or the index, and to the page at some later moment. */
export function trouble(
  { trouble: what }: Scene,
  world: World,
  key: string,
  later: () => Promise<unknown>,
): TroubleEnd {
  const { pages, index } = world;
  const node = pages.nodeOf(key);
  const none = () => undefined as void;
  switch (what) {
    case 'none':
      return { afterFailure: none, afterSuccess: none };
    case 'dropped': {
      pages.setReachable(node, false);
      const back = () => pages.setReachable(node, true);
      return { afterFailure: back, afterSuccess: back };
    }
    case 'restarted':
      pages.restart(node);
      return { afterFailure: none, afterSuccess: none };
    case 'moved':
      pages.setNodes(OTHER_RING);
      return { afterFailure: none, afterSuccess: () => pages.setNodes(RING) };
    case 'removed': {
      pages.setNodes(OTHER_RING);
      RING.forEach((name) => pages.setReachable(name, false));
      const back = async () => {
        RING.forEach((name) => pages.setReachable(name, true));
        pages.setNodes(await usableNodes(RING, world));
      };
      return { afterFailure: none, afterSuccess: back };
    }
    case 'evicted':
      void later().then(() => pages.remove([key], [node]));
      return { afterFailure: none, afterSuccess: none };
    case 'unindexed':
      index.addRows = () => Promise.reject(new IndexError('no rows can be written'));
      return { afterFailure: none, afterSuccess: none };
  }
}
