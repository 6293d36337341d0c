import {
  GetObjectCommand,
  type GetObjectCommandOutput,
  GetObjectTaggingCommand,
  ListObjectsV2Command,
  type S3Client,
  S3ServiceException,
} from '@aws-sdk/client-s3';
import type { HeaderPair, PageResponse } from '../core/page';
import { ObjectGoneError } from '../core/object-gone';
import { PageTooLargeError } from '../core/page-too-large';

// What a key of an object's metadata, and of its tags, is called that names the tags of its page, parted by spaces.
const TAGS = 'surrogate-key';
// What the application may compress is stored compressed; text rarely shrinks by more than this.
const COMPRESSION = 8;

/** The objects of a bucket, as pages. */
export interface Bucket {
  /** An object as it is now. @throws ObjectGoneError, PageTooLargeError, what the SDK throws */
  get(key: string, signal: AbortSignal): Promise<PageResponse>;
  /** The keys that begin with a prefix and come after another key, in order. */
  keys(prefix: string, after: string | undefined): AsyncGenerator<string>;
}

/** @param pageSize `limits.pageSize`: an object that can be no page is not read to its end. */
export function bucketOf(client: S3Client, name: string, pageSize: number): Bucket {
  const mostBytes = pageSize * COMPRESSION;
  const get = async (key: string, abortSignal: AbortSignal) => {
    try {
      return await client.send(new GetObjectCommand({ Bucket: name, Key: key }), { abortSignal });
    } catch (error) {
      throw (await isGone(client, name, key, error)) ? new ObjectGoneError(`${name}/${key}`) : error;
    }
  };
  return {
    async get(key, signal) {
      const object = await get(key, signal);
      const [body, tags] = await Promise.all([readBody(object, mostBytes), tagsOf(client, name, key, object, signal)]);
      const { WebsiteRedirectLocation: location } = object;
      const headers = headersOf(object, tags);
      return location === undefined
        ? { status: 200, headers, body }
        : { status: 301, headers: [...headers, ['Location', location]], body: Buffer.alloc(0) };
    },
    async *keys(prefix, after) {
      let ContinuationToken: string | undefined;
      do {
        const input = { Bucket: name, Prefix: prefix, StartAfter: after, ContinuationToken };
        const { Contents = [], NextContinuationToken } = await client.send(new ListObjectsV2Command(input));
        for (const { Key } of Contents) if (Key !== undefined) yield Key;
        ContinuationToken = NextContinuationToken;
      } while (ContinuationToken !== undefined);
    },
  };
}

/**
 * S3 says 404 only to those who may list the bucket without a condition; others are told 403, and find out by asking for
 * what they may list.
 */
async function isGone(client: S3Client, name: string, key: string, error: unknown): Promise<boolean> {
  if (!(error instanceof S3ServiceException)) {
    return false;
  }
  const { httpStatusCode } = error.$metadata;
  if (httpStatusCode !== 403) {
    return error.name === 'NoSuchKey';
  }
  const listing = client.send(new ListObjectsV2Command({ Bucket: name, Prefix: key, MaxKeys: 1 }));
  const { Contents = [] } = await listing.catch(() => ({ Contents: [{ Key: key }] }));
  return Contents[0]?.Key !== key;
}

async function readBody({ Body, ContentLength }: GetObjectCommandOutput, mostBytes: number): Promise<Buffer> {
  const stream = Body as AsyncIterable<Buffer> & { destroy(): void };
  const chunks: Buffer[] = [];
  let length = 0;
  if ((ContentLength ?? 0) <= mostBytes) {
    for await (const chunk of stream) {
      length += chunk.length;
      if (length > mostBytes) break;
      chunks.push(chunk);
    }
  }
  if (Math.max(length, ContentLength ?? 0) > mostBytes) {
    stream.destroy();
    throw new PageTooLargeError(mostBytes);
  }
  return Buffer.concat(chunks);
}

async function tagsOf(
  client: S3Client,
  name: string,
  key: string,
  { Metadata = {}, TagCount }: GetObjectCommandOutput,
  abortSignal: AbortSignal,
): Promise<string[]> {
  const named = Metadata[TAGS] === undefined ? [] : [Metadata[TAGS]];
  if (!TagCount) {
    return named;
  }
  const command = new GetObjectTaggingCommand({ Bucket: name, Key: key });
  const { TagSet = [] } = await client.send(command, { abortSignal });
  return [...named, ...TagSet.filter(({ Key }) => Key?.toLowerCase() === TAGS).map(({ Value = '' }) => Value)];
}

/** The headers that S3 itself would answer with, less what is its own. */
function headersOf(object: GetObjectCommandOutput, tags: readonly string[]): HeaderPair[] {
  const fields: [string, string | undefined][] = [
    ['Content-Type', object.ContentType],
    ['Cache-Control', object.CacheControl],
    ['Content-Encoding', object.ContentEncoding],
    ['Content-Language', object.ContentLanguage],
    ['Content-Disposition', object.ContentDisposition],
    ['Expires', object.ExpiresString],
    ['ETag', object.ETag],
    ['Last-Modified', object.LastModified?.toUTCString()],
    ...tags.map((tag): [string, string] => ['Surrogate-Key', tag]),
    ...Object.entries(object.Metadata ?? {})
      .filter(([name]) => name !== TAGS)
      .map(([name, value]): [string, string] => [`x-amz-meta-${name}`, value]),
  ];
  return fields.flatMap(([name, value]) => (value === undefined || value === '' ? [] : [[name, value] as const]));
}
