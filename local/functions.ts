import { WARM_WORKERS } from '../lib/site/warming';
import { type LocalFunction, startFunction } from './local-function';
import { type LocalQueue, startQueue } from './queue';

export interface StartFunctionsOptions {
  /** What all functions of the site are told. */
  readonly env: Readonly<Record<string, string>>;
  /** Where they call each other. */
  readonly lambdaUrl: string;
  readonly eventRules: object;
  readonly codePipelineUrl: string;
  /** Which pages the objects of buckets are, as `NMS_BUCKET_RULES`, and where S3 is. Default: none */
  readonly buckets?: { readonly rules: object; readonly s3Url: string };
  readonly onMessage: (line: string) => void;
  /** Waits for a start, and remembers how it is ended. */
  readonly started: <Part>(part: Promise<Part>, end: (part: Part) => Promise<unknown>) => Promise<Part>;
}

/** The functions of a site, by the names under which they are invoked: those without `-core` take every event. */
export type LocalFunctions = Readonly<
  Record<'purge' | 'purge-core' | 'write' | 'warm' | 'warm-core' | 'inspect', LocalFunction>
>;

/** Starts the functions of a site and the queue of its warms. */
export async function startFunctions({
  env,
  lambdaUrl,
  eventRules,
  codePipelineUrl,
  buckets,
  onMessage,
  started,
}: StartFunctionsOptions): Promise<{ readonly functions: LocalFunctions; readonly warmQueue: LocalQueue }> {
  type Bundle = Parameters<typeof startFunction>[0];
  const make = (bundle: Bundle, variables: Readonly<Record<string, string>> = {}) =>
    startFunction(bundle, { ...env, AWS_ENDPOINT_URL_LAMBDA: lambdaUrl, ...variables }, onMessage);
  const start = (bundle: Bundle, variables?: Readonly<Record<string, string>>) =>
    started(make(bundle, variables), (thread) => thread.stop());
  // Most sites here are never warmed.
  const startLater = (bundle: Bundle, variables?: Readonly<Record<string, string>>) =>
    started(Promise.resolve(lazily(() => make(bundle, variables))), (thread) => thread.stop());
  const warmQueue = await started(startQueue(), (queue) => queue.close());
  const eventsEnv = {
    NMS_PURGE_FUNCTION: 'purge-core',
    NMS_EVENT_RULES: JSON.stringify(eventRules),
    AWS_ENDPOINT_URL_CODEPIPELINE: codePipelineUrl,
    NMS_CLOUDFORMATION_ORIGIN: codePipelineUrl,
  };
  const functions = {
    purge: await start('purge-events', eventsEnv),
    'purge-core': await start('purge'),
    write: await start('write', {
      NMS_BUCKET_RULES: JSON.stringify(buckets?.rules ?? {}),
      AWS_ENDPOINT_URL_S3: buckets?.s3Url ?? 'http://127.0.0.1:9',
    }),
    warm: await startLater('warm-events', {
      NMS_WARM_FUNCTION: 'warm-core',
      NMS_WARM_QUEUE: warmQueue.url,
      AWS_ENDPOINT_URL_SQS: new URL(warmQueue.url).origin,
    }),
    'warm-core': await startLater('warm'),
    inspect: await startLater('inspect'),
  };
  warmQueue.deliverTo(functions.warm, WARM_WORKERS);
  return { functions, warmQueue };
}

/** A function that is started when it is called first. */
function lazily(start: () => Promise<LocalFunction>): LocalFunction {
  let running: Promise<LocalFunction> | undefined;
  return {
    invoke: async (event) => (await (running ??= start())).invoke(event),
    stop: async () => (await running)?.stop(),
  };
}
