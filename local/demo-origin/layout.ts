const STYLE = `
  body { font: 17px/1.55 system-ui, sans-serif; max-width: 44rem; margin: 0 auto; padding: 1rem 1.2rem 3rem; color: #1d2733; background: #fbfbf9 }
  header { display: flex; gap: 1.1rem; flex-wrap: wrap; align-items: baseline; border-bottom: 2px solid #1d2733; padding-bottom: .5rem }
  header strong { margin-right: auto; font-size: 1.25rem }
  a { color: #0b5c8a } a:focus, button:focus, input:focus { outline: 3px solid #f2b705 }
  footer { margin-top: 3rem; padding-top: .6rem; border-top: 1px solid #ccd3da; color: #5a6673; font-size: .9rem }
  button { font: inherit; padding: .35rem .9rem; border: 0; border-radius: .3rem; background: #0b5c8a; color: #fff; cursor: pointer }
  input { font: inherit; padding: .3rem .5rem; border: 1px solid #8a96a3; border-radius: .3rem }
  .note { background: #eef4f0; border-left: 4px solid #2f7d4f; padding: .6rem 1rem }
`;

const LINKS = [
  ['/', 'Home'],
  ['/news', 'News'],
  ['/slow', 'Slow'],
  ['/account', 'Account'],
  ['/contact', 'Contact'],
  ['/feed.json', 'Feed'],
] as const;

let renderings = 0;

/** A page of the demo. It says when it was rendered, so that one sees whether it came from the cache. */
export function layout(title: string, content: string, visitor?: string): string {
  renderings += 1;
  const links = LINKS.map(([href, text]) => `<a href="${href}">${text}</a>`).join('\n    ');
  return `<!doctype html>
<html lang="en">
<head>
  <meta charset="utf-8">
  <meta name="viewport" content="width=device-width">
  <title>${title} · The Lighthouse Gazette</title>
  <style>${STYLE}</style>
</head>
<body>
  <header>
    <strong>The Lighthouse Gazette</strong>
    ${links}
    ${visitor === undefined ? '<a href="/login">Log in</a>' : `<span>Hello, ${escapeHtml(visitor)}</span>`}
  </header>
  <main>
    <h1>${title}</h1>
    ${content}
  </main>
  <footer>rendered at ${new Date().toISOString()} (#${renderings})</footer>
</body>
</html>
`;
}

/** Text that can stand in HTML. */
export function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}
