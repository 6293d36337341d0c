import type { ALBResult } from 'aws-lambda';
import { decodePath, encodePath } from '../../lib/site/canonical-path';
import type { SiteConfig } from '../../lib/site/site-config';
import { WriterProtocol } from '../../lib/site/writer-protocol';
import { type HeaderPair, headerValues, type PageResponse } from '../core/page';
import { albResult, fitsAlb, readAlbEvent } from './alb-event';
import { answerNginx, type Fill, outcomeOf, word, type WriterAnswer, writerResponse } from './answer-nginx';
import type { Log } from './log-json';

/**
 * The writer as nginx talks to it through a load balancer. It believes nginx: whoever is let in there decides what is stored
 * under which key.
 *
 * The handler throws Error for what is no event of a load balancer; never for what a fill does.
 */
export function albWriter(config: SiteConfig, fill: Fill, log: Log): (event: unknown) => Promise<ALBResult> {
  return async (event) => {
    const { headers } = readAlbEvent(event);
    const header = (name: string) => headerValues(headers, name)[0];
    const asked = { target: targetOf(headers), host: header('host') ?? '', header };
    return resultOf(await answerNginx(config, fill, log, asked));
  };
}

/** What nginx says in a header: the event's own path and query are what the load balancer has made of them. */
function targetOf(headers: readonly HeaderPair[]): string {
  const [target = ''] = headerValues(headers, WriterProtocol.TARGET);
  const mark = target.indexOf('?');
  const path = encodePath(decodePath(mark < 0 ? target : target.slice(0, mark)));
  return mark < 0 ? path : path + target.slice(mark);
}

function resultOf(answered: WriterAnswer): ALBResult {
  const result = albResult(withType(writerResponse(answered)));
  return fitsAlb(result) ? result : albResult(elsewhere(outcomeOf(answered)));
}

function withType(response: PageResponse): PageResponse {
  const { headers } = response;
  const typed = headerValues(headers, 'Content-Type').length > 0;
  return typed ? response : { ...response, headers: [...headers, ['Content-Type', WriterProtocol.NO_TYPE]] };
}

const STORED: ReadonlySet<string> = new Set(['stored', 'validated', 'hit', 'stale']);

/** Where a page that the load balancer does not take is found: in the store, or else at the origin. */
function elsewhere(outcome: string): PageResponse {
  return word(STORED.has(outcome) ? WriterProtocol.STORED : WriterProtocol.PASS, outcome);
}
