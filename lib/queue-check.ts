import { Annotations, type Duration, Token } from 'aws-cdk-lib';
import * as sqs from 'aws-cdk-lib/aws-sqs';
import type { Construct } from 'constructs';

// SQS's own default.
const VISIBILITY_SECONDS = 30;

/**
 * Looks at a queue that a function shall read, where it is of this app and not imported.
 *
 * @throws Error when its messages become visible again while the function still works on them: Lambda refuses such a
 * queue, but only at deployment.
 */
export function checkQueue(scope: Construct, where: string, queue: sqs.IQueue, timeout: Duration): void {
  const resource = queue.node.defaultChild;
  if (!sqs.CfnQueue.isCfnQueue(resource)) {
    return;
  }
  const { visibilityTimeout = VISIBILITY_SECONDS } = resource;
  if (!Token.isUnresolved(visibilityTimeout) && visibilityTimeout < timeout.toSeconds()) {
    throw new Error(
      `${where}: visibilityTimeout of ${queue.node.path} must be at least the function's timeout, ${timeout.toSeconds()} seconds, got: ${visibilityTimeout}`,
    );
  }
  if (resource.redrivePolicy === undefined) {
    Annotations.of(scope).addWarningV2(
      'nginx-memcache-site:queueWithoutDeadLetterQueue',
      `${where}: ${queue.node.path} has no dead-letter queue: a message that cannot be purged is tried again until it expires; give the queue a deadLetterQueue`,
    );
  }
}
