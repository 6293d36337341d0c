import type {
  AttributeValue,
  BatchGetItemCommandInput,
  BatchGetItemCommandOutput,
  BatchWriteItemCommandInput,
  BatchWriteItemCommandOutput,
  PutItemCommandInput,
  QueryCommandInput,
  QueryCommandOutput,
} from '@aws-sdk/client-dynamodb';

/** An item as the client sends and receives it. */
export type Item = Readonly<Record<string, AttributeValue>>;

/** Request units of DynamoDB's on-demand mode. */
export interface RequestUnits {
  readonly read: number;
  readonly write: number;
}

/** A call as it was made and answered. */
export type Call =
  | {
      readonly name: 'BatchGetItem';
      readonly input: BatchGetItemCommandInput;
      readonly output: BatchGetItemCommandOutput;
    }
  | {
      readonly name: 'BatchWriteItem';
      readonly input: BatchWriteItemCommandInput;
      readonly output: BatchWriteItemCommandOutput;
    }
  | { readonly name: 'PutItem'; readonly input: PutItemCommandInput }
  | { readonly name: 'Query'; readonly input: QueryCommandInput; readonly output: QueryCommandOutput }
  /** The answer need not have the item: it is the whole one, after the update. */
  | { readonly name: 'UpdateItem'; readonly item: Item };

const READ_UNIT = 4 * 1024;
const WRITE_UNIT = 1024;

/**
 * The request units of a call, by the rules of the Amazon DynamoDB Developer Guide ("DynamoDB read and write
 * operations"). A write is billed by the larger of the old and the new item; here by the new one, because no row of this
 * project's gets smaller.
 */
export function requestUnits(call: Call): RequestUnits {
  switch (call.name) {
    case 'BatchGetItem':
      return { read: sum(Object.keys(call.input.RequestItems ?? {}), (table) => tableReads(call, table)), write: 0 };
    case 'BatchWriteItem':
      return { read: 0, write: sum(Object.keys(call.input.RequestItems ?? {}), (table) => tableWrites(call, table)) };
    case 'PutItem':
      return { read: 0, write: writeUnits(itemSize(call.input.Item ?? {})) };
    case 'Query': {
      // A filter leaves items out of the answer, a projection leaves out attributes; both are read and billed.
      if (call.input.FilterExpression !== undefined || call.input.ProjectionExpression !== undefined) {
        throw new Error('the units of a Query with a filter or projection cannot be told by its answer');
      }
      const size = sum(call.output.Items ?? [], itemSize);
      return { read: readUnits(size, call.input.ConsistentRead), write: 0 };
    }
    case 'UpdateItem':
      return { read: 0, write: writeUnits(itemSize(call.item)) };
  }
}

/** Nothing is free: what is not there costs as much as the smallest item. */
export function readUnits(bytes: number, consistent = false): number {
  return Math.max(1, Math.ceil(bytes / READ_UNIT)) * (consistent ? 1 : 0.5);
}

export function writeUnits(bytes: number): number {
  return Math.max(1, Math.ceil(bytes / WRITE_UNIT));
}

/** An item's bytes by "DynamoDB item sizes and formats" of the Developer Guide, where numbers are approximate. */
export function itemSize(item: Item): number {
  return sum(Object.entries(item), ([name, value]) => Buffer.byteLength(name) + valueSize(value));
}

function valueSize(value: AttributeValue): number {
  if (value.S !== undefined) return Buffer.byteLength(value.S);
  if (value.N !== undefined) return numberSize(value.N);
  if (value.SS !== undefined) return sum(value.SS, (text) => Buffer.byteLength(text));
  // Nothing else is in this project's rows; a wrong guess would look like a measurement.
  throw new Error(`the size of ${Object.keys(value).join()} is not known here`);
}

/** One byte for every two significant digits, and one more. */
function numberSize(text: string): number {
  const digits = text.replace(/[-.]/g, '').replace(/^0+|0+$/g, '');
  return Math.ceil(digits.length / 2) + 1;
}

/** Every item of a batch is rounded up by itself, and so is one that is missing. */
function tableReads({ input, output }: Extract<Call, { name: 'BatchGetItem' }>, table: string): number {
  const { Keys = [], ConsistentRead } = input.RequestItems?.[table] ?? {};
  const found = output.Responses?.[table] ?? [];
  const missing = Keys.length - found.length - (output.UnprocessedKeys?.[table]?.Keys?.length ?? 0);
  return sum(found, (item) => readUnits(itemSize(item), ConsistentRead)) + missing * readUnits(0, ConsistentRead);
}

function tableWrites({ input, output }: Extract<Call, { name: 'BatchWriteItem' }>, table: string): number {
  const items = (requests: BatchWriteItemCommandInput['RequestItems']) =>
    (requests?.[table] ?? []).map(({ PutRequest }) => PutRequest?.Item ?? {});
  const units = (requests: BatchWriteItemCommandInput['RequestItems']) =>
    sum(items(requests), (item) => writeUnits(itemSize(item)));
  return units(input.RequestItems) - units(output.UnprocessedItems);
}

function sum<T>(items: readonly T[], amount: (item: T) => number): number {
  return items.reduce((total, item) => total + amount(item), 0);
}
