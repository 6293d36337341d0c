import type { IncomingMessage, ServerResponse } from 'node:http';
import { setTimeout as wait } from 'node:timers/promises';
import { escapeHtml, layout } from './layout';

const CACHED = 'public, max-age=300';
const SLOW_MILLISECONDS = 2000;
const STORIES = Array.from({ length: 23 }, (_, i) => `Storm ${i + 1} passes, the light stays on`);
const PER_PAGE = 5;
// One dark blue pixel.
const PIXEL = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mPgjun6DwADbQH4k5r0cAAAAABJRU5ErkJggg==',
  'base64',
);
const LIGHTHOUSE = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 120 120" role="img" aria-label="A lighthouse">
<rect width="120" height="120" fill="#16324a"/><path d="M60 30 L0 10 L0 55 Z" fill="#f2d05c" opacity=".55"/>
<path d="M50 40h20l6 60H44z" fill="#fff"/><path d="M48 60h24l2 16H46z" fill="#c43c2e"/><rect x="52" y="26" width="16" height="14" fill="#f2d05c"/></svg>`;

/** Answers one request of the demo. */
export type Page = (request: IncomingMessage, response: ServerResponse, url: URL) => void | Promise<void>;

/** The demo's pages, by method and path: each shows another way that a request can go through the cache. */
export const pages: Readonly<Record<string, Page>> = {
  'GET /': (request, response) =>
    html(
      response,
      CACHED,
      layout(
        'Today',
        `<img src="/lighthouse.svg" width="240" height="240" alt="A lighthouse at night">
    <p class="note">Reload this page: the line at its foot changes only after a purge, or after five minutes.</p>`,
        visitorOf(request),
      ),
    ),
  'GET /news': (request, response, url) => {
    // What a purge finds all pages of the list by.
    response.setHeader('Surrogate-Key', 'news');
    html(response, CACHED, news(url, visitorOf(request)));
  },
  'GET /slow': async (request, response) => {
    await wait(SLOW_MILLISECONDS);
    html(response, CACHED, layout('Slow', '<p>This page takes two seconds to render. Once.</p>', visitorOf(request)));
  },
  'GET /account': (request, response) => {
    const visitor = visitorOf(request);
    const text =
      visitor === undefined ? '<p>You are not logged in.</p>' : `<p>This page is ${escapeHtml(visitor)}'s alone.</p>`;
    html(response, 'private, no-store', layout('Account', text, visitor));
  },
  'GET /login': (request, response) =>
    html(
      response,
      'no-store',
      layout(
        'Log in',
        '<form method="post"><label>Name <input name="name" required></label> <button>Log in</button></form>',
        visitorOf(request),
      ),
    ),
  'POST /login': async (request, response) => {
    const name = (await form(request)).get('name') ?? '';
    response
      .writeHead(303, {
        Location: '/account',
        'Set-Cookie': `session=${encodeURIComponent(name)}; HttpOnly; SameSite=Lax; Path=/`,
        'Cache-Control': 'no-store',
      })
      .end();
  },
  'GET /contact': (request, response) =>
    html(
      response,
      CACHED,
      layout(
        'Contact',
        '<form method="post"><label>Message <input name="message" required></label> <button>Send</button></form>',
        visitorOf(request),
      ),
    ),
  'POST /contact': async (request, response) => {
    const message = (await form(request)).get('message') ?? '';
    html(response, 'no-store', layout('Thank you', `<p>We have read: ${escapeHtml(message)}</p>`, visitorOf(request)));
  },
  'GET /feed.json': (_, response) =>
    send(
      response,
      'application/json',
      CACHED,
      JSON.stringify({ rendered: new Date(), stories: STORIES.slice(0, PER_PAGE) }),
    ),
  'GET /lighthouse.svg': (_, response) => send(response, 'image/svg+xml', 'public, max-age=86400', LIGHTHOUSE),
  'GET /pixel.png': (_, response) => send(response, 'image/png', 'public, max-age=86400', PIXEL),
  'GET /old': (_, response) => void response.writeHead(301, { Location: '/news', 'Cache-Control': CACHED }).end(),
};

function news(url: URL, visitor?: string): string {
  const last = Math.ceil(STORIES.length / PER_PAGE);
  const page = Math.min(Math.max(Math.trunc(Number(url.searchParams.get('page'))) || 1, 1), last);
  const stories = STORIES.slice((page - 1) * PER_PAGE, page * PER_PAGE).map((story) => `<li>${story}</li>`);
  const links = [
    page > 1 ? `<a href="/news?page=${page - 1}">newer</a>` : '',
    page < last ? `<a href="/news?page=${page + 1}">older</a>` : '',
  ];
  return layout(
    `News, page ${page}`,
    `<ol start="${(page - 1) * PER_PAGE + 1}">${stories.join('')}</ol><p>${links.join(' ')}</p>`,
    visitor,
  );
}

function html(response: ServerResponse, cacheControl: string, text: string): void {
  send(response, 'text/html; charset=utf-8', cacheControl, text);
}

function send(response: ServerResponse, type: string, cacheControl: string, body: string | Buffer): void {
  response
    .writeHead(200, {
      'Content-Type': type,
      'Cache-Control': cacheControl,
      Vary: 'Cookie',
      'Content-Length': Buffer.byteLength(body),
    })
    .end(body);
}

function visitorOf(request: IncomingMessage): string | undefined {
  const session = /(?:^|; )session=([^;]*)/.exec(request.headers.cookie ?? '')?.[1];
  return session === undefined ? undefined : decodeURIComponent(session);
}

async function form(request: IncomingMessage): Promise<URLSearchParams> {
  let text = '';
  for await (const chunk of request.setEncoding('utf8') as AsyncIterable<string>) {
    text += chunk;
    if (text.length > 10_000) throw new Error('the form is too long');
  }
  return new URLSearchParams(text);
}
