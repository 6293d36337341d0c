import { Command } from 'commander';
import type { KeyInspection, PageInspection, RequestInspection, StoredPage } from '../../lambda/core/inspect-answers';
import { ageText, headerText, stateText } from '../../lambda/core/inspect-text';
import { duration, variantsOf } from '../../lambda/core/readable';
import { ExitCode } from './exit-codes';
import { headersOf } from './headers';
import { print } from './output';
import { targetOf, type TargetOptions, withTarget } from './target';

interface InspectOptions extends TargetOptions {
  readonly header: string[];
}

/** `inspect <url>`: what lies in the store. */
export const inspectCommand = withTarget(
  new Command('inspect')
    .description('shows what lies in the store for a URL, and why it would or would not be answered from there')
    .argument('<url>', 'an absolute URL')
    .option('--header <line...>', "request headers, such as 'Cookie: a=b'", []),
).action(async (url: string, options: InspectOptions) => {
  const target = await targetOf(options);
  const request = { inspect: { url, headers: headersOf(options.header) } };
  const answer = await target.invoke<PageInspection>('inspect', request);
  print(options.json ? JSON.stringify(answer) : textOf(answer));
  process.exitCode = exitCodeOf(answer);
});

function exitCodeOf({ stored, indexError }: PageInspection): number {
  const own = stored.find(({ requested }) => requested);
  if (indexError !== undefined || stored.some(({ state }) => state === 'unknown')) {
    return ExitCode.FAILED;
  }
  return own?.state === 'page' || own?.state === 'other' ? ExitCode.FINE : ExitCode.NOT_STORED;
}

function textOf({ request, stored, incomplete, indexError, lookedUp }: PageInspection): string {
  return [
    ...requestText(request),
    ...stored.flatMap(storedText),
    ...(incomplete ? [`looked at the first ${lookedUp} keys: the page may have more variants`] : []),
    ...(indexError === undefined ? [] : [`the index does not answer: ${indexError}`]),
  ].join('\n');
}

function requestText(request: RequestInspection): string[] {
  if (!request.eligible) {
    return [`looked up  no: ${request.reason}`];
  }
  const { canonical, variants, unverified } = request;
  return [
    'looked up  yes',
    `canonical  ${canonical}`,
    ...(Object.keys(variants).length > 0 ? [`variants   ${variantsOf(variants)}`] : []),
    ...(unverified.length > 0 ? [`unverified ${unverified.join(', ')}: taken for the default value`] : []),
  ];
}

function storedText(inspected: KeyInspection): string[] {
  const { key, node, requested, variants = {}, page, kept, tags = [] } = inspected;
  const chosen = variantsOf(variants);
  const whose = requested ? 'for the request' : `for other requests${chosen === '' ? '' : ` (${chosen})`}`;
  return [
    '',
    `${whose}: ${stateText(inspected)}`,
    `  key   ${key}`,
    `  node  ${node}`,
    ...(tags.length > 0 ? [`  tags  ${tags.join(' ')}`] : []),
    ...(page === undefined ? [] : headerLines(page)),
    ...(kept === undefined
      ? []
      : [
          `  kept  ${kept.status}, ${ageText(kept)}, for ${duration(kept.keptSeconds)} from now, tags: ${kept.tags.join(' ') || 'none'}`,
        ]),
  ];
}

function headerLines({ headers }: StoredPage): string[] {
  return headers.map((header) => `    ${headerText(header).join(': ')}`);
}
