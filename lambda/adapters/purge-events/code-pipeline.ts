import {
  type CodePipelineClient,
  PutJobFailureResultCommand,
  PutJobSuccessResultCommand,
} from '@aws-sdk/client-codepipeline';
import { z } from 'zod';
import type { Log } from '../log-json';
import { cut, readShape } from './event-shape';
import type { Purge } from './purge-all';
import { type PurgeAnswer, receiptSummary, receiptVariables } from './receipt-summary';
import { fromSource, parseRequest } from './request-fields';

/** What a pipeline's job needs to be done and answered. */
export interface PipelineTools {
  readonly purge: Purge<PurgeAnswer>;
  readonly codePipeline: CodePipelineClient;
  readonly log: Log;
}

// The API's limits, in characters.
const SUMMARY_LENGTH = 2048;
const MESSAGE_LENGTH = 5000;

const jobEvent = z.object({
  'CodePipeline.job': z.object({ id: z.string('must be a text').min(1), data: z.unknown() }),
});
const jobData = z.object({
  actionConfiguration: z.object({
    configuration: z.object({
      UserParameters: z.string('must be a purge request as JSON, such as {"everything": true}'),
    }),
  }),
});

/**
 * Does a job of CodePipeline's Lambda action, whose `UserParameters` are a purge request as JSON, and answers it, with
 * success or failure: a pipeline waits an hour for a job that nobody answers.
 *
 * @throws only when the event names no job, or CodePipeline cannot be told: Lambda then tries the event again.
 */
export async function answerPipelineJob(event: unknown, tools: PipelineTools): Promise<void> {
  const { id: jobId, data } = readShape(jobEvent, event, 'the event')['CodePipeline.job'];
  const { codePipeline } = tools;
  const outcome = await purgeForJob(jobId, data, tools);
  try {
    if (outcome instanceof Error) {
      const message = cut(`${outcome.name}: ${outcome.message}`, MESSAGE_LENGTH);
      await codePipeline.send(
        new PutJobFailureResultCommand({ jobId, failureDetails: { type: 'JobFailed', message } }),
      );
    } else {
      const summary = cut(receiptSummary(outcome), SUMMARY_LENGTH);
      await codePipeline.send(
        new PutJobSuccessResultCommand({
          jobId,
          executionDetails: { summary },
          outputVariables: receiptVariables(outcome),
        }),
      );
    }
  } catch (error) {
    // Answered before, by this event's first try whose response was lost, or timed out.
    if ((error as Error).name !== 'InvalidJobStateException') throw error;
    tools.log('job-already-answered', { jobId, error });
  }
}

async function purgeForJob(jobId: string, data: unknown, { purge, log }: PipelineTools): Promise<PurgeAnswer | Error> {
  try {
    const { UserParameters } = readShape(jobData, data, 'data').actionConfiguration.configuration;
    return await purge(fromSource(`codepipeline:${jobId}`, parseRequest(UserParameters, 'UserParameters')));
  } catch (error) {
    log('purge-failed', { source: `codepipeline:${jobId}`, error });
    return error as Error;
  }
}
