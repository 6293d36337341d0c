import fc from 'fast-check';
import { type DefaultTreeAdapterTypes as Html, parse } from 'parse5';
import { minifyHtml } from '../../../lambda/core/minify-html';

const RUNS = Number(process.env.MINIFY_RUNS ?? 4000);

test.each<[string, string, string]>([
  ['runs of white space become one space', 'a  b\n\n  c\t<b>\r\n d </b>', 'a b c <b> d </b>'],
  ['comments go', 'a<!-- for the editor --> b<!--TODO-->', 'a b'],
  ['what a comment keeps from being a tag', '<<!-- a word -->a', '<<!-- a word -->a'],
  ['what a comment keeps from being a reference', '&am<!-- a word -->p;', '&am<!-- a word -->p;'],
  [
    'what is written between < and > stays',
    `<P  class='a b'   data-x = "1  2"\n hidden>x</P  ><br/><img  src=a.png>`,
    `<P  class='a b'   data-x = "1  2"\n hidden>x</P  ><br/><img  src=a.png>`,
  ],
  ['no tag is added, and none goes', '<ul>\n<li>a\n<li>b\n</ul></p>', '<ul> <li>a <li>b </ul></p>'],
  ['entities stay', '&nbsp;  a &#32;&#32; &lt;  b', '&nbsp; a &#32;&#32; &lt; b'],
  ['spaces that are none of HTML’s stay', '\xa0\xa0 \u2003\u2003', '\xa0\xa0 \u2003\u2003'],
  ['a lone < is a character', 'a <  b && c  >  d', 'a < b && c > d'],
])('%s', async (_, html, expected) => {
  expect(await minifyHtml(html)).toBe(expected);
});

test.each([
  '<pre>  a\n\n  b <b>  c </b><!-- d --></pre>',
  '<pre><!-- the next line begins with a line feed -->\n\nx</pre>',
  '<textarea>\n\n  a  b <!-- c --></textarea>',
  '<script>\n  var a = "  <!-- b -->";\n\n</script>',
  '<script type="application/json">{  "a": "  b" }</script>',
  '<style>\n  a::before { content: "  " }  /* b */\n</style>',
  '<svg><text xml:space="preserve">  a  b </text><!-- c --></svg>',
  '<svg><style>  a  {  } </style></svg>',
  '<math>  <mtext>  a  b </mtext></math>',
  '<noscript>  <p>  a </p><!-- b --></noscript>',
  '<iframe srcdoc="  a  ">  b  </iframe>',
  '<title>  a  b </title>',
  '<xmp>  a  </xmp><listing>  b  </listing><plaintext>  c  ',
  '<p style="white-space: pre-wrap">  a  <b>  b </b></p>',
])('%s stays', async (html) => {
  expect(await minifyHtml(html)).toBe(html);
});

test.each([
  '<!--#include virtual="/menu" -->',
  '<!--# set var="a" value="b" -->',
  '<!--[if lt IE 9]><p>  old </p><![endif]-->',
  '<!--[if !IE]><!--> <p>new</p> <!--<![endif]-->',
  '<![if !IE]>',
  '<!--! licence: keep me -->',
  '<!-- --><!----><!--$--><!--/$--><!--$?--><!--[--><!--]--><!--v-if-->',
  '<!-- ko foreach: items --><!-- /ko -->',
  '<!--lit-part abc--><!--?lit$1$-->',
  '<!--esi <p>x</p> --><!-- esi x -->',
  '<!--googleoff: index--><!--noindex--><!--/noindex-->',
  '<?xml version="1.0"?>',
  '</ x>',
])('what programs read in comments stays: %s', async (html) => {
  expect(await minifyHtml(html)).toBe(html);
});

test('what is too long to be worth it is left as it is', async () => {
  const at = (length: number) => minifyHtml('a  '.repeat(length / 3));
  expect(await at(524_286)).toBe('a '.repeat(174_762));
  expect(await at(524_289)).toBeUndefined();
});

test.each(['<b>', '<p><font a>', '<b><p>', '<table>', '<div>'])('so is what has too many elements: %s', async (tag) => {
  expect(await minifyHtml(`${tag.repeat(100)}a  b`)).toContain('a b');
  const many = await minifyHtml(`${tag.repeat(Math.floor(500_000 / tag.length))}a  b`);
  expect(many === undefined).toBe(true);
});

// Few letters, many marks: what could run together, would.
const piece = fc.constantFrom(
  ...[
    'a',
    'b',
    ' ',
    '  ',
    '\n',
    '\r\n',
    '\r',
    '\t',
    '\f',
    ' \n ',
    '\0',
    '\xa0',
    '\xe9',
    '&amp;',
    '&',
    '&#32;',
    '&nbsp',
    '<',
    '>',
    '"',
    '-',
  ],
  ...[
    '<p>',
    '<p class="a  b">',
    "<p title='>  <!-- x -->'>",
    '</p>',
    '<div>',
    '</div>',
    '<b>',
    '</b>',
    '<i>',
    '</i>',
    '<a href=x>',
    '</a>',
  ],
  ...[
    '<ul>',
    '<li>',
    '</ul>',
    '<br>',
    '<br/>',
    '<P  ID=x >',
    '</P >',
    '<x-y>',
    '</x-y>',
    '<img alt="a  b"',
    '>',
    '<!doctype html>',
  ],
  ...[
    '<table>',
    '<table class="a  b">',
    '<tr>',
    '<td>',
    '</td>',
    '</tr>',
    '</table>',
    '<caption>',
    '<tbody>',
    '<select>',
    '<option>',
    '</select>',
    '<button>',
  ],
  ...[
    '<html>',
    '<head>',
    '</head>',
    '<body>',
    '</body>',
    '</html>',
    '<title>',
    '</title>',
    '<template>',
    '</template>',
    '<meta charset=x>',
  ],
  ...[
    '<pre>',
    '<pre>\n',
    '</pre>',
    '<textarea>',
    '</textarea>',
    '<script>',
    '</script>',
    '<script><!--',
    '<style>',
    '</style>',
  ],
  ...[
    '<xmp>',
    '</xmp>',
    '<noscript>',
    '</noscript>',
    '<iframe>',
    '</iframe>',
    '<listing>',
    '</listing>',
    '<frameset>',
    '<form>',
    '</form>',
  ],
  ...[
    '<svg>',
    '</svg>',
    '<math>',
    '</math>',
    '<mtext>',
    '<foreignObject>',
    '</foreignObject>',
    '<title/>',
    '<![CDATA[ a  b ]]>',
    '<path/>',
  ],
  ...[
    '<!-- a word -->',
    '<!--a-->',
    '<!--#if x -->',
    '<!--[if IE]>',
    '<![endif]-->',
    '<!---->',
    '<!-- -->',
    '<!--a>',
    '<!--',
    '-->',
    '<!x>',
    '<?x  y>',
    '</ x>',
  ],
  ...['<p style="white-space: pre">', '</span>', '<span style="color:  red">'],
);
const document = fc.array(piece, { maxLength: 30 }).map((pieces) => pieces.join(''));

// Text that may not stand in a table goes before it, to the text that is there already.
test.each([
  '<table>  <!--a-->a',
  '<table><tr> <!-- a b --> x',
  'a<table class="b  c">d',
  'a  <table title="<!-- b  c -->">  d  ',
])('of a table with text where none belongs, too: %s', async (html) => {
  expect(seen((await minifyHtml(html)) ?? '')).toEqual(seen(html));
});

test('whatever the page, browsers build the same elements, attributes and texts of it', async () => {
  await fc.assert(
    fc.asyncProperty(document, async (html) => {
      const minified = (await minifyHtml(html)) ?? html;
      expect(minified.length).toBeLessThanOrEqual(html.length);
      expect(seen(minified)).toEqual(seen(html));
    }),
    { numRuns: RUNS },
  );
}, 120_000);

test('so they do where the parser has got it in pieces', async () => {
  await fc.assert(
    fc.asyncProperty(document, fc.nat(40), async (html, padding) => {
      const long = (' '.repeat(padding) + 'x'.repeat(16_370)).concat(
        html,
        'y'.repeat(16_370),
        html,
        'z'.repeat(16_370),
        html,
      );
      expect(seen((await minifyHtml(long)) ?? long)).toEqual(seen(long));
    }),
    { numRuns: RUNS / 100 },
  );
}, 120_000);

test('what was minified once is as short as it gets', async () => {
  await fc.assert(
    fc.asyncProperty(document, async (html) => {
      const once = (await minifyHtml(html)) ?? html;
      const twice = (await minifyHtml(once)) ?? once;
      expect(seen(twice)).toEqual(seen(once));
      expect(once.length - twice.length).toBeLessThanOrEqual(once.split('<!').length + 1);
    }),
    { numRuns: RUNS / 10 },
  );
}, 120_000);

const KEPT = new Set(
  'pre textarea listing plaintext xmp script style title iframe noembed noframes noscript svg math'.split(' '),
);

/** What is to be seen of a document: its elements, attributes and texts, and the comments that programs read. */
function seen(html: string): unknown {
  const nodes = (parent: Html.ParentNode, kept: boolean): unknown[] => {
    const texts: unknown[] = [];
    for (const node of parent.childNodes) {
      if (node.nodeName === '#comment') {
        const { data } = node as Html.CommentNode;
        if (/^\s*[^\sA-Za-z]/.test(data)) texts.push({ comment: data });
      } else if ('value' in node) {
        const last = texts.at(-1);
        const joined = (typeof last === 'string' ? (texts.pop() as string) : '') + node.value;
        texts.push(kept ? joined : joined.replace(/[\t\n\f\r ]+/g, ' '));
      } else if ('childNodes' in node) {
        const keeps = kept || KEPT.has(node.nodeName) || node.attrs.some(({ value }) => /white-space/.test(value));
        const inside = 'content' in node ? node.content : node;
        texts.push({ is: node.nodeName, in: node.namespaceURI, attrs: node.attrs, has: nodes(inside, keeps) });
      } else {
        texts.push(node.nodeName);
      }
    }
    return texts;
  };
  return nodes(parse(html), false);
}
