import { placingKey } from '../../../../lib/site/kept-key';
import type { PageIndex } from '../../../../lambda/core/page-index';
import type { PageStore, PublishToken } from '../../../../lambda/core/page-store';

/** Resolves when a scheduler lets the step go on that the label names. */
export type Pause = (label: string) => Promise<unknown>;

type Call<A extends unknown[], R> = (...args: A) => Promise<R>;

/** Makes a call whose way there and way back each take as long as the scheduler likes. */
function far<A extends unknown[], R>(
  pause: Pause,
  label: string,
  call: Call<A, R>,
  about: (first: NoInfer<A[0]>) => string = () => '',
): Call<A, R> {
  return async (...args) => {
    const what = about(args[0]) + label;
    await pause(`${what} sent`);
    const result = await call(...args);
    await pause(`${what} answered`);
    return result;
  };
}

/** Whether a key is a kept copy's, and not a page's. */
export function isKept(key: string): boolean {
  return placingKey(key) !== key;
}

const ofKey = (key: string) => (isKept(key) ? 'kept ' : '');
const ofToken = ({ key }: PublishToken) => ofKey(key);

/** A page store that is as far away as the scheduler likes. */
export function scheduledStore(pause: Pause, store: PageStore): PageStore {
  return {
    get nodes() {
      return store.nodes;
    },
    nodeOf: (key) => store.nodeOf(key),
    checkUp: (key) => store.checkUp(key),
    take: far(pause, 'take', (key, lease) => store.take(key, lease), ofKey),
    get: far(pause, 'get', (key) => store.get(key), ofKey),
    usage: far(pause, 'usage', (key) => store.usage(key), ofKey),
    read: far(pause, 'read', (token) => store.read(token), ofToken),
    publish: far(pause, 'publish', (token, value, expiresAt) => store.publish(token, value, expiresAt), ofToken),
    release: far(pause, 'release', (token) => store.release(token), ofToken),
    remove: far(
      pause,
      'remove',
      (keys, nodes) => store.remove(keys, nodes),
      ([key = '']) => ofKey(key),
    ),
    flush: far(pause, 'flush', (nodes) => store.flush(nodes)),
    close: () => store.close(),
  };
}

/** An index that is as far away as the scheduler likes. */
export function scheduledIndex(pause: Pause, index: PageIndex): PageIndex {
  return {
    startFill: far(pause, 'startFill', (page) => index.startFill(page)),
    registerKeySpec: far(pause, 'registerKeySpec', (spec) => index.registerKeySpec(spec)),
    registerNode: far(pause, 'registerNode', (node) => index.registerNode(node)),
    addRows: far(pause, 'addRows', (page) => index.addRows(page)),
    purgedSince: far(pause, 'purgedSince', (start, page) => index.purgedSince(start, page)),
    record: far(pause, 'record', (entry) => index.record(entry)),
    nodes: far(pause, 'nodes', () => index.nodes()),
    finish: far(pause, 'finish', (entry, result) => index.finish(entry, result)),
    missNode: far(pause, 'missNode', (node) => index.missNode(node)),
    admitNode: far(pause, 'admitNode', (node, misses) => index.admitNode(node, misses)),
    purges: (day) => index.purges(day),
    async *select(selector) {
      await pause('select sent');
      for await (const rows of index.select(selector)) {
        await pause('select answered');
        yield rows;
      }
    },
    close: () => index.close(),
  };
}
