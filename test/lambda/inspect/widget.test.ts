import { type DefaultTreeAdapterTypes, parseFragment } from 'parse5';
import type { PageList, SiteStatus } from '../../../lambda/core/inspect-answers';
import { answerWidget, isWidgetEvent } from '../../../lambda/inspect/widget';

const SELF = 'arn:aws:lambda:eu-west-1:1:function:inspect';
const PURGE = 'arn:aws:lambda:eu-west-1:1:function:purge';
const STATUS: SiteStatus = { site: 'shop', at: 0, nodes: [], index: { kind: 'full' }, purges: [] };
const LIST: PageList = {
  pages: [
    {
      ...{ key: 'k', node: 'n', scheme: 'https', host: 'www.example.com', path: '/a', query: 'b=1&c=2', variants: {} },
      ...{ tags: ['news'], freshSeconds: 60 },
    },
  ],
  scanned: 1,
  next: 'here',
};

const asked: object[] = [];
beforeEach(() => void asked.splice(0));
const look =
  (status = STATUS) =>
  (request: object) => {
    asked.push(request);
    return Promise.resolve('pages' in request ? LIST : status);
  };
const widget = (context: object, event: object = {}, status = STATUS) =>
  answerWidget({ ...event, widgetContext: { dashboardName: 'shop', ...context } }, SELF, look(status));

/** What each button does: its name, the function, where its answer is shown, what is asked before, and the event. */
function buttons(markup: string): unknown[] {
  const found: unknown[] = [];
  const visit = (node: DefaultTreeAdapterTypes.Node) => {
    if (!('childNodes' in node)) return;
    node.childNodes.forEach((child, i) => {
      if (!('tagName' in child) || child.tagName !== 'cwdb-action') return visit(child);
      const bound = node.childNodes[i - 1];
      const attribute = (of: typeof bound, name: string) =>
        of && 'attrs' in of ? of.attrs.find((each) => each.name === name)?.value : undefined;
      const [content] = child.childNodes;
      found.push([
        attribute(bound, 'aria-label'),
        attribute(child, 'endpoint'),
        attribute(child, 'display'),
        attribute(child, 'confirmation'),
        JSON.parse(content !== undefined && 'value' in content ? content.value : ''),
      ]);
    });
  };
  visit(parseFragment(markup));
  return found;
}

const URL_OF_PAGE = 'https://www.example.com/a?b=1&c=2';

test('each button is bound to the element before it, calls a function, and asks before it purges', async () => {
  const forms = { all: { search: '', tag: 'news' } };
  expect(buttons(await widget({ params: { purge: PURGE }, forms }))).toEqual([
    ['Search', SELF, 'widget', undefined, {}],
    [`Inspect ${URL_OF_PAGE}`, SELF, 'popup', undefined, { url: URL_OF_PAGE }],
    [
      `Refresh ${URL_OF_PAGE}`,
      PURGE,
      'popup',
      `Refresh ${URL_OF_PAGE}?`,
      { exactUrls: [URL_OF_PAGE], mode: 'refresh' },
    ],
    [`Purge ${URL_OF_PAGE}`, PURGE, 'popup', `Purge ${URL_OF_PAGE}?`, { exactUrls: [URL_OF_PAGE] }],
    ['Next pages', SELF, 'widget', undefined, { next: 'here' }],
    [
      ...['Refresh all with the tag: news', PURGE, 'popup', 'Refresh all with the tag: news?'],
      { tags: ['news'], mode: 'refresh' },
    ],
    ['Purge all with the tag: news', PURGE, 'popup', 'Purge all with the tag: news?', { tags: ['news'] }],
    ['Purge everything', PURGE, 'popup', 'Purge everything?', { everything: true }],
  ]);
  expect(asked).toEqual([{ status: {} }, { pages: { search: undefined, tag: 'news', limit: 50 } }]);
});

test('without the purge function there is no button that purges', async () => {
  const names = buttons(await widget({})).map((button) => (button as string[])[0]);
  expect(names).toEqual(['Search', `Inspect ${URL_OF_PAGE}`, 'Next pages']);
});

test('the following part of a list is of the same search', async () => {
  await widget({ forms: { all: { search: ' a ' } } }, { next: 'here' });
  expect(asked[1]).toEqual({ pages: { search: 'a', tag: undefined, next: 'here', limit: 50 } });
});

test('of a site without an index no pages are asked for', async () => {
  const shown = await widget({}, {}, { ...STATUS, index: { kind: 'none' } });
  expect(asked).toEqual([{ status: {} }]);
  expect(shown).toContain('which pages there are is not known');
});

test('what fails is shown, as text', async () => {
  const failing = () => Promise.reject(new Error('the index does not answer: <b>'));
  expect(await answerWidget({ widgetContext: {} }, SELF, failing)).toContain('the index does not answer: &#60;b&#62;');
  expect(await answerWidget({ widgetContext: 1 }, SELF, failing)).toContain('It did not work.');
});

test('it describes itself to those who make a dashboard, in Markdown', async () => {
  expect(await answerWidget({ describe: true }, SELF, look())).toMatch(/^## The pages of a site[\s\S]*\*\*purge\*\*/);
  expect(asked).toEqual([]);
});

test('what the command line asks is no event of a dashboard', () => {
  expect([{ status: {} }, { pages: {} }, null, 'describe', []].map(isWidgetEvent)).toEqual(Array(5).fill(false));
  expect([{ describe: true }, { widgetContext: {} }].map(isWidgetEvent)).toEqual([true, true]);
});
