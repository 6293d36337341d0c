import { PRICES } from './prices';

/** What visitors ask for, in a month. */
export interface Traffic {
  readonly requests: number;
  /** The part of them that is answered from the store, from 0 to 1. */
  readonly hitRatio: number;
  /** Of an answer as it goes out, compressed, in kB. */
  readonly pageKilobytes: number;
  /** Of a page. */
  readonly tags: number;
}

/** What a part of a month's traffic costs. */
export interface Use {
  readonly use: string;
  readonly dollars: number;
}

// Browsers ask for several things over one connection; a capacity unit has 25 new ones a second, and 1 GB an hour.
const REQUESTS_OF_A_CONNECTION = 10;
const CONNECTIONS_OF_A_UNIT_HOUR = 25 * 3600;
// A line of the access log: every miss, and of hits one in a hundred.
const LOG_LINE_GIGABYTES = 600e-9;
const LOGGED_HITS = 0.01;
// A fill: BatchGetItem of three rows, two Queries, one row of the page and one of each tag.
const READS_OF_A_FILL = 5;
const FREE_OUT_GIGABYTES = 100;
const CLOUDFRONT_FREE = { gigabytes: 1000, requests: 10e6 };

/** What a site's traffic costs, by part. The application's own work on misses is not in it: without a cache it has all of it. */
export function usesOf({ requests, hitRatio, pageKilobytes, tags }: Traffic): Use[] {
  const gigabytes = (requests * pageKilobytes) / 1e6;
  const fills = requests * (1 - hitRatio);
  const millionFills = fills / 1e6;
  return [
    {
      use: `data out to the internet, ${rounded(gigabytes)} GB`,
      dollars: above(gigabytes, FREE_OUT_GIGABYTES) * PRICES.outGigabyte,
    },
    { use: 'load balancer capacity units', dollars: unitHours(requests, gigabytes) * PRICES.capacityUnitHour },
    // Of two availability zones, each second page comes from the other one.
    { use: 'between availability zones', dollars: (gigabytes / 2) * PRICES.betweenZonesGigabyte },
    {
      use: `DynamoDB, ${rounded(fills)} fills`,
      dollars: millionFills * (READS_OF_A_FILL * PRICES.millionReads + (1 + tags) * PRICES.millionWrites),
    },
    { use: 'logs', dollars: (fills + requests * hitRatio * LOGGED_HITS) * LOG_LINE_GIGABYTES * PRICES.logGigabyte },
  ];
}

/** The same traffic by CloudFront in front of a load balancer that the application has anyway, with as many hits. */
export function cloudFrontUsesOf({ requests, hitRatio, pageKilobytes }: Traffic): Use[] {
  const gigabytes = (requests * pageKilobytes) / 1e6;
  const missed = 1 - hitRatio;
  return [
    {
      use: `CloudFront's data out, ${rounded(gigabytes)} GB`,
      dollars: above(gigabytes, CLOUDFRONT_FREE.gigabytes) * PRICES.cloudFrontGigabyte,
    },
    {
      use: "CloudFront's requests (HTTPS)",
      dollars: (above(requests, CLOUDFRONT_FREE.requests) / 1e6) * PRICES.cloudFrontMillionRequests,
    },
    {
      use: 'load balancer capacity units of misses',
      dollars: unitHours(requests * missed, gigabytes * missed) * PRICES.capacityUnitHour,
    },
  ];
}

function unitHours(requests: number, gigabytes: number): number {
  return Math.max(gigabytes, requests / REQUESTS_OF_A_CONNECTION / CONNECTIONS_OF_A_UNIT_HOUR);
}

function above(amount: number, free: number): number {
  return Math.max(amount - free, 0);
}

function rounded(number: number): string {
  return Number(number.toPrecision(3)).toLocaleString('en-US');
}
