import { MemoryPageStore } from '../../../lambda/stores/memory-page-store';
import { pageStoreTests } from './page-store-suite';

pageStoreTests(
  'memory',
  () => {
    const store = new MemoryPageStore(Date.now, ['one:11211', 'two:11211']);
    return Promise.resolve({
      store,
      restart: (node) => Promise.resolve(store.restart(node)),
      cutOff: (node) => Promise.resolve(store.setReachable(node, false)),
    });
  },
  () => Promise.resolve(),
);
