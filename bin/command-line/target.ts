import type { Command } from 'commander';
import { UsageError } from './exit-codes';
import { invoke } from './invoke';

/** Which site a command is about. */
export interface TargetOptions {
  readonly stack?: string;
  readonly site?: string;
  readonly region?: string;
  readonly profile?: string;
  readonly endpointUrl?: string;
  readonly json?: boolean;
}

/** The functions of a site that the command line calls. */
export type FunctionName = 'inspect' | 'purge' | 'warm' | 'write';

/** One node of an ElastiCache cluster, as ElastiCache itself has it. */
export interface ClusterNode {
  /** `host:port`; undefined while it is being made. */
  readonly node?: string;
  readonly status: string;
  readonly availabilityZone?: string;
}

/** An ElastiCache cluster. */
export interface Cluster {
  readonly id: string;
  readonly status: string;
  readonly nodeType?: string;
  readonly engineVersion?: string;
  readonly nodes: readonly ClusterNode[];
}

/** A site, wherever it is. */
export interface Target {
  /** @throws Error in the function's own words when it fails. */
  invoke<Answer>(name: FunctionName, event: unknown): Promise<Answer>;
  /** The cluster that the site made; undefined where it made none. */
  cluster(): Promise<Cluster | undefined>;
  /** The template of the stack that it is in; empty where it is in none. */
  template(): Promise<string>;
}

const LOCAL = 'http://127.0.0.1:9001';

/** Adds the options that say which site a command is about. */
export function withTarget(command: Command): Command {
  return command
    .option('--stack <name>', 'the CloudFormation stack of a deployed site (default: the local site)')
    .option('--site <name>', 'which site of the stack, where it has several')
    .option('--region <region>', 'of AWS (default: that of the environment or the profile)')
    .option('--profile <name>', 'of AWS credentials (default: those of the environment)')
    .option('--endpoint-url <url>', `where functions are invoked (default: ${LOCAL}; with --stack, AWS itself)`)
    .option('--json', 'the whole answer as JSON');
}

/**
 * Finds the site that a command is about.
 *
 * @param functionName how a function of the local site is called. Default: by its plain name
 * @throws UsageError for options that do not go together, and Error for a stack that does not tell of a site.
 */
export async function targetOf(options: TargetOptions, functionName?: string): Promise<Target> {
  const { stack, endpointUrl = LOCAL } = options;
  if (stack === undefined) {
    const lone = (['site', 'region', 'profile'] as const).find((name) => options[name] !== undefined);
    if (lone !== undefined) {
      throw new UsageError(`--${lone} is of a deployed site: name its stack with --stack`);
    }
    return {
      invoke: (name, event) => invoke(endpointUrl, functionName ?? name, event),
      cluster: () => Promise.resolve(undefined),
      template: () => Promise.resolve(''),
    };
  }
  // The clients of AWS are many times as large as all the rest.
  const { deployedSite } = await import('./deployed');
  return deployedSite({ ...options, stack });
}
