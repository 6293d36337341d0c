import { z } from 'zod';
import { answerResource, type ResourceTools } from '../custom-resource';
import { readShape } from './event-shape';
import type { Purge } from './purge-all';
import { type PurgeAnswer, receiptSummary } from './receipt-summary';
import { fromSource, parseRequest } from './request-fields';

/** What a deployment's purge needs to be done and answered. */
export interface DeploymentTools extends ResourceTools {
  readonly purge: Purge<PurgeAnswer>;
}

const properties = z.object({ Purge: z.string('must be a purge request as JSON, such as {"everything": true}') });

/**
 * Purges for a CloudFormation custom resource whose property `Purge` is a purge request as JSON, when it is created and
 * whenever one of its properties changes (`Version`), and tells CloudFormation, with success or failure.
 *
 * @throws only when the event says not whom to tell, or they cannot be told: Lambda then tries the event again.
 */
export function answerDeployment(event: unknown, tools: DeploymentTools): Promise<void> {
  const purge = async (source: string, resourceProperties: unknown) => {
    const { Purge } = readShape(properties, resourceProperties, 'ResourceProperties');
    return receiptSummary(await tools.purge(fromSource(source, parseRequest(Purge, 'ResourceProperties.Purge'))));
  };
  return answerResource(event, 'purge', purge, tools);
}
