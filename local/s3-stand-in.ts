import { createHash } from 'node:crypto';
import { createServer, type ServerResponse } from 'node:http';
import { listening } from './listening';

/** An object as it is put into a bucket. */
export interface StoredObject {
  readonly body: string | Buffer;
  /** As S3 answers with: `Content-Type`, `x-amz-meta-…`. */
  readonly headers?: Readonly<Record<string, string>>;
  readonly tags?: Readonly<Record<string, string>>;
}

/** A stand-in for S3 at its API: GetObject, GetObjectTagging and ListObjectsV2, path-style. It checks no signatures. */
export interface S3StandIn {
  readonly url: string;
  /** By `bucket/key`. */
  readonly objects: Map<string, StoredObject>;
  /** The keys of the objects that were asked for. */
  readonly asked: string[];
  /** Whether a missing object is answered as to somebody who may not list the bucket freely: with 403. */
  hidesMissing: boolean;
  close(): Promise<void>;
}

const PAGE = 100;

export async function startS3StandIn(): Promise<S3StandIn> {
  const standIn = { objects: new Map<string, StoredObject>(), asked: [] as string[], hidesMissing: false };
  const server = createServer((request, response) => {
    const { pathname, searchParams } = new URL(request.url ?? '/', 'http://s3');
    const [, bucket = '', key = ''] = /^\/([^/]+)\/?(.*)$/s.exec(pathname) ?? [];
    const name = `${bucket}/${decodeURIComponent(key)}`;
    if (key === '') {
      list(response, standIn.objects, bucket, searchParams);
      return;
    }
    const object = standIn.objects.get(name);
    if (searchParams.has('tagging')) {
      const tags = Object.entries(object?.tags ?? {});
      const set = tags.map(([Key, Value]) => `<Tag><Key>${xml(Key)}</Key><Value>${xml(Value)}</Value></Tag>`);
      answer(response, 200, `<Tagging><TagSet>${set.join('')}</TagSet></Tagging>`);
      return;
    }
    standIn.asked.push(name);
    if (object === undefined) {
      const [status, code] = standIn.hidesMissing ? ([403, 'AccessDenied'] as const) : ([404, 'NoSuchKey'] as const);
      answer(response, status, `<Error><Code>${code}</Code><Message>${code}</Message></Error>`);
      return;
    }
    const tagCount = Object.keys(object.tags ?? {}).length;
    response.writeHead(200, {
      ETag: `"${createHash('md5').update(object.body).digest('hex')}"`,
      'Last-Modified': new Date(0).toUTCString(),
      ...(tagCount > 0 && { 'x-amz-tagging-count': String(tagCount) }),
      ...object.headers,
      'Content-Length': Buffer.byteLength(object.body),
    });
    response.end(object.body);
  });
  const running = await listening(server);
  return Object.assign(standIn, { url: `http://${running.address}`, close: () => running.close() });
}

function list(response: ServerResponse, objects: S3StandIn['objects'], bucket: string, query: URLSearchParams): void {
  const after = query.get('continuation-token') ?? query.get('start-after') ?? '';
  const keys = [...objects.keys()]
    .filter((name) => name.startsWith(`${bucket}/${query.get('prefix') ?? ''}`))
    .map((name) => name.slice(bucket.length + 1))
    .filter((key) => key > after)
    .sort();
  const shown = keys.slice(0, Math.min(Number(query.get('max-keys') ?? PAGE), PAGE));
  const more = shown.length < keys.length;
  const contents = shown.map((key) => `<Contents><Key>${xml(key)}</Key></Contents>`).join('');
  const token = more ? `<NextContinuationToken>${xml(shown.at(-1) ?? '')}</NextContinuationToken>` : '';
  answer(response, 200, `<ListBucketResult><IsTruncated>${more}</IsTruncated>${contents}${token}</ListBucketResult>`);
}

function answer(response: ServerResponse, status: number, body: string): void {
  response.writeHead(status, { 'Content-Type': 'application/xml' }).end(`<?xml version="1.0"?>${body}`);
}

function xml(text: string): string {
  return text.replace(/[<>&]/g, (character) => `&#${character.charCodeAt(0)};`);
}
