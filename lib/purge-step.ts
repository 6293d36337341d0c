import { Token } from 'aws-cdk-lib';
import * as codepipeline from 'aws-cdk-lib/aws-codepipeline';
import * as codepipelineActions from 'aws-cdk-lib/aws-codepipeline-actions';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import * as pipelines from 'aws-cdk-lib/pipelines';
import { type PurgeRequest, type PurgeSelection, renderSelection } from './purge-selection';

/** Properties of a step that purges. */
export interface PurgeStepProps {
  /**
   * The site's `purgeFunction`. A pipeline's stack has it by name, which the site then gives it (`purgeFunctionName`):
   * `lambda.Function.fromFunctionName(this, 'Purge', 'shop-purge')`.
   */
  readonly purgeFunction: lambda.IFunction;
  /** Which pages. */
  readonly selection: PurgeSelection;
}

/**
 * A step of CDK Pipelines that purges pages, and fails when they could not be purged.
 *
 * The site must let its function answer: call `site.allowPurgeFromPipelines()`.
 */
export class PurgeStep extends pipelines.Step implements pipelines.ICodePipelineActionFactory {
  private readonly purgeFunction: lambda.IFunction;
  private readonly request: PurgeRequest;

  /**
   * @param id the step's name in its stage.
   * @throws Error when the selection is empty.
   */
  public constructor(id: string, props: PurgeStepProps) {
    super(id);
    this.purgeFunction = props.purgeFunction;
    this.request = renderSelection(`PurgeStep ${id}`, props.selection);
    this.discoverReferencedOutputs(this.request);
  }

  /** Called by the pipeline. */
  public produceAction(
    stage: codepipeline.IStage,
    options: pipelines.ProduceActionOptions,
  ): pipelines.CodePipelineActionFactoryResult {
    const { actionName, runOrder, variablesNamespace } = options;
    stage.addAction(purgeActionOf(this.purgeFunction, this.request, { actionName, runOrder, variablesNamespace }));
    return { runOrdersConsumed: 1 };
  }
}

// CodePipeline's limit for a value in an action's configuration.
const MOST_CHARACTERS = 1000;

/**
 * A pipeline's action that has a function purge, and waits for it.
 *
 * @throws Error when the request is longer than an action can hold.
 */
export function purgeActionOf(
  purgeFunction: lambda.IFunction,
  request: PurgeRequest,
  names: codepipeline.CommonActionProps,
): codepipeline.IAction {
  const json = JSON.stringify(request);
  if (!Token.isUnresolved(json) && json.length > MOST_CHARACTERS) {
    throw new Error(
      `${names.actionName}: the selection must have at most ${MOST_CHARACTERS} characters as JSON, which is what an action holds, got: ${json.length}; use prefixes or tags`,
    );
  }
  return new codepipelineActions.LambdaInvokeAction({ ...names, lambda: purgeFunction, userParameters: request });
}
