import { readFileSync } from 'node:fs';
import { type Command, InvalidArgumentError } from 'commander';
import { costOf, costText } from '../cost/cost';
import type { Template } from '../cost/parts';
import { UsageError } from './exit-codes';
import { print } from './output';
import { type Target, targetOf, type TargetOptions } from './target';
import { wholeNumber } from './whole-number';

/** What is asked of costs. */
export interface CostOptions extends TargetOptions {
  readonly cost?: boolean;
  readonly template?: string;
  readonly requests: number;
  readonly hitRatio: number;
  readonly pageSize: number;
  readonly tags: number;
}

/** Adds the options of what a site costs. */
export function withCost(command: Command): Command {
  return command
    .option('--cost', 'instead, what the stack costs in a month, by part, beside CloudFront')
    .option('--template <file>', 'for --cost: the template of a stack that is not deployed, as cdk synth writes it')
    .option('--requests <number>', 'for --cost: in a month', wholeNumber, 1_000_000)
    .option('--hit-ratio <percent>', 'for --cost', percentage, 95)
    .option('--page-size <kB>', 'for --cost: of an answer, compressed', wholeNumber, 25)
    .option('--tags <number>', 'for --cost: of a page', wholeNumber, 1);
}

/** Shows what a site costs. @throws UsageError where nothing says what the site is made of. */
export async function showCost(options: CostOptions): Promise<void> {
  const { requests, hitRatio, pageSize, tags } = options;
  const template = options.template === undefined ? await deployedTemplate(options) : readTemplate(options.template);
  const traffic = { requests, hitRatio: hitRatio / 100, pageKilobytes: pageSize, tags };
  const cost = costOf(template, traffic);
  print(options.json ? JSON.stringify(cost) : costText(cost));
}

async function deployedTemplate(options: CostOptions): Promise<Template> {
  if (options.stack === undefined) {
    throw new UsageError(
      '--cost needs the stack (--stack), or a template of one (--template cdk.out/Shop.template.json): the local site costs nothing',
    );
  }
  const target: Target = await targetOf(options);
  return checked(await target.template(), `the stack ${options.stack}`);
}

function readTemplate(file: string): Template {
  try {
    return checked(readFileSync(file, 'utf8'), file);
  } catch (error) {
    throw error instanceof UsageError ? error : new UsageError(`--template ${(error as Error).message}`);
  }
}

function checked(text: string, where: string): Template {
  const template = parsed(text) as Partial<Template> | undefined;
  if (typeof template?.Resources !== 'object' || template.Resources === null) {
    throw new UsageError(`${where} must have a template in JSON, with Resources, as cdk synth writes it`);
  }
  return { Resources: template.Resources };
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function percentage(text: string): number {
  const number = Number(text);
  if (text.trim() === '' || !(number >= 0 && number <= 100)) {
    throw new InvalidArgumentError('It must be a number from 0 to 100.');
  }
  return number;
}
