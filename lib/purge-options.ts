import * as events from 'aws-cdk-lib/aws-events';
import type { PurgeSelection } from './purge-selection';

/** Options for purges by events. */
export interface PurgeOnEventOptions {
  /**
   * The bus that the events come over.
   * @default - the account's default bus
   */
  readonly eventBus?: events.IEventBus;
}

/** Options for purges at deployments. */
export interface PurgeOnDeployOptions {
  /**
   * What is deployed: there is a purge whenever it has changed since the last deployment. Give it for templates that stay
   * the same when nothing has changed.
   * @default - the time of synthesis, so that every deployment purges
   */
  readonly version?: string;
}

/** Properties of a pipeline's action that purges. */
export interface PurgeActionProps {
  /** The action's name in its stage. */
  readonly actionName: string;
  /** Which pages. */
  readonly selection: PurgeSelection;
  /**
   * The action's turn in its stage.
   * @default 1
   */
  readonly runOrder?: number;
  /**
   * The namespace of the variables that the action sets: `purgeId` and `pagesRemoved`.
   * @default - CodePipeline makes one where a variable is used
   */
  readonly variablesNamespace?: string;
}
