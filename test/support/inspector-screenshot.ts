// `npm run screenshot`: docs/inspector.png, of the demo with a few visitors.
import { join } from 'node:path';
import { parseSiteConfig } from '../../lib/site/site-config';
import { startDemoOrigin } from '../../local/demo-origin/server';
import { startInspector } from '../../local/inspector/inspector';
import { startSite } from '../../local/site';
import { startBrowser } from './browser';
import { ask } from './raw-http';

const PATHS = ['/', '/news', '/news?page=2', '/', '/news', '/news?page=2&utm_source=x'];

async function main(): Promise<void> {
  const demo = await startDemoOrigin();
  const site = await startSite({ config: parseSiteConfig({ site: 'demo' }), origin: demo.url, port: 8080 });
  const inspector = await startInspector(site, 0);
  const browser = await startBrowser();
  try {
    const address = site.url.replace('http://', '');
    for (const path of PATHS) await ask(address, path, { Host: 'localhost:8080' });
    await ask(address, '/', { Host: 'localhost:8080', Cookie: 'session=Ann' });
    const page = await browser.newPage({ viewport: { width: 1050, height: 1095 }, colorScheme: 'light' });
    await page.goto(inspector.url);
    await page.getByLabel('URL', { exact: true }).fill('http://localhost:8080/news?page=2&utm_source=x');
    await page.getByRole('button', { name: 'Send it' }).click();
    await page.getByText('yes, from the store').waitFor();
    await page.getByText('Hit ratio 57.1 %').waitFor();
    await page.evaluate('window.scrollTo(0, 0)');
    await page.screenshot({ path: join(__dirname, '..', '..', 'docs', 'inspector.png') });
  } finally {
    await browser.close();
    await inspector.close();
    await site.stop();
    await demo.close();
  }
}

void main();
