import fc from 'fast-check';
import { parseFragment, type DefaultTreeAdapterTypes } from 'parse5';
import { html, jsonIn } from '../../../lambda/core/views/html';
import { inspectionView } from '../../../lambda/core/views/inspection-view';
import { pagesView } from '../../../lambda/core/views/pages-view';
import { faultView, receiptView } from '../../../lambda/core/views/receipt-view';
import { statusView } from '../../../lambda/core/views/status-view';

type Node = DefaultTreeAdapterTypes.ChildNode;

// What ends text, attributes, comments and elements, and what parsers take for something else.
const nasty = fc
  .array(
    fc.oneof(
      fc.constantFrom(
        '<',
        '>',
        '"',
        "'",
        '&',
        '`',
        '&lt;',
        '<script>',
        '</td>',
        '<!--',
        '-->',
        ']]>',
        '=',
        '/',
        '${x}',
      ),
      fc.string(),
    ),
  )
  .map((parts) => parts.join(''))
  // HTML has no NUL, and reads CR as LF.
  .map((text) => text.replace(/[\0\r\ud800-\udfff]/g, '-'));

const markup = (text: unknown) => parseFragment(String(text)).childNodes;

/** The elements with their attributes, without any text: what markup in a text would add to. */
function shape(nodes: Node[]): unknown[] {
  return nodes.flatMap((node): unknown[] =>
    'tagName' in node
      ? [[node.tagName, node.attrs.map(({ name }) => name), shape(node.childNodes)]]
      : node.nodeName === '#text'
        ? []
        : [node.nodeName],
  );
}

const textOf = (nodes: Node[]): string =>
  nodes.map((node) => ('value' in node ? node.value : 'childNodes' in node ? textOf(node.childNodes) : '')).join('');

test('whatever stands in a template, in text or in an attribute, is that text', () => {
  fc.assert(
    fc.property(nasty, nasty, (inText, inAttribute) => {
      const [element] = markup(html`<p title="${inAttribute}">${[inText, html`<b>${inText}</b>`]}</p>`);
      if (element === undefined || !('attrs' in element)) throw new Error('no element');
      expect(element.attrs).toEqual([{ name: 'title', value: inAttribute }]);
      expect(textOf([element])).toBe(inText + inText);
      expect(shape([element])).toEqual([['p', ['title'], [['b', [], []]]]]);
    }),
  );
});

test('JSON in HTML is the same whether it is read as text or as markup', () => {
  fc.assert(
    fc.property(nasty, (text) => {
      const written = html`<i>${jsonIn({ text })}</i>`;
      expect(JSON.parse(textOf(markup(written)))).toEqual({ text });
      expect(JSON.parse(String(written).slice(3, -4))).toEqual({ text });
      expect(shape(markup(written))).toEqual([['i', [], []]]);
    }),
  );
});

const TIME = Date.UTC(2026, 0, 1);
const ACTIONS = {
  inspect: (url: string) => html`<button data-inspect="${url}"></button>`,
  more: (next: string) => html`<button data-next="${next}"></button>`,
  purge: (request: object, label: string, name: string) =>
    html`<button data-purge="${JSON.stringify(request)}" aria-label="${name}">${label}</button>`,
};

/** Every view of what a store, a table or a function can say, with a text wherever there can be one. */
const VIEWS: Record<string, (text: string) => unknown> = {
  pages: (text) =>
    pagesView(
      {
        pages: [
          {
            ...{ key: text, node: text, scheme: 'http', host: text, path: text, query: text, freshSeconds: 1 },
            ...{ variants: { [text]: text }, tags: [text, text] },
          },
        ],
        scanned: 1,
        next: text,
      },
      ACTIONS,
    ),
  status: (text) =>
    statusView({
      site: text,
      at: TIME,
      nodes: [{ node: text, onRing: false, missedPurge: true, reachable: false, error: text }],
      index: { kind: 'full', error: text },
      purges: [
        {
          id: text,
          at: TIME,
          caller: text,
          mode: 'delete',
          selectors: [{ kind: 'tag', tag: text }],
          result: undefined,
        },
      ],
    }),
  inspection: (text) =>
    inspectionView({
      url: text,
      at: TIME,
      request: {
        ...{ eligible: true, key: text, node: text, canonical: text, dropped: [text] },
        ...{ variants: { [text]: text }, unverified: [text] },
      },
      stored: [true, false].map((requested) => ({
        ...{ key: text, node: text, requested, state: 'page', variants: { [text]: text }, tags: [text] },
        page: { status: 200, headers: [['X-Name', text] as const], bodyBytes: 1 },
        passReason: text,
        error: text,
      })),
      lookedUp: 1,
      incomplete: true,
      indexError: text,
    }),
  'not looked up': (text) =>
    inspectionView({
      ...{ url: text, at: TIME, request: { eligible: false, reason: text } },
      ...{ stored: [], lookedUp: 0, incomplete: false },
    }),
  receipt: (text) =>
    receiptView({
      ...{ id: text, purged: true, mode: 'delete', selectors: [], durationMs: 1 },
      ...{ pages: { found: 1, removed: 1, refreshed: 0 }, nodes: [{ node: text, error: text }] },
    }),
  preview: (text) =>
    receiptView({
      ...{ dryRun: true, selectors: [], pages: { found: 9 } },
      examples: [{ scheme: 'http', host: text, path: text, query: text, variants: { [text]: text } }],
    }),
  fault: (text) => faultView(text),
};

test.each(Object.entries(VIEWS))('markup that is stored adds no element to the view of %s', (_, view) => {
  const plain = shape(markup(view('plain')));
  fc.assert(
    fc.property(nasty, (text) => {
      expect(shape(markup(view(`x${text}`)))).toEqual(plain);
    }),
  );
});
