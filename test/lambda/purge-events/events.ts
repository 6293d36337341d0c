import type {
  CloudFormationCustomResourceCreateEvent,
  CloudFormationCustomResourceDeleteEvent,
  CloudFormationCustomResourceUpdateEvent,
  CodePipelineEvent,
  DynamoDBRecord,
  EventBridgeEvent,
  S3Event,
  SNSEvent,
  SQSEvent,
  SQSRecord,
} from 'aws-lambda';

/*
 * Events with all the fields that AWS documents for them.
 */

const REGION = 'eu-west-1';
const ACCOUNT = '123456789012';

export const TABLE_ARN = `arn:aws:dynamodb:${REGION}:${ACCOUNT}:table/Products`;

/** An S3 event notification; keys are encoded as S3 does. */
export function s3Notification(bucket: string, ...keys: string[]): S3Event {
  return {
    Records: keys.map((key) => ({
      eventVersion: '2.1',
      eventSource: 'aws:s3',
      awsRegion: REGION,
      eventTime: '2026-01-09T15:16:17.000Z',
      eventName: 'ObjectCreated:Put',
      userIdentity: { principalId: 'AWS:AIDAJDPLRKLG7UEXAMPLE' },
      requestParameters: { sourceIPAddress: '203.0.113.7' },
      responseElements: {
        'x-amz-request-id': 'C3D13FE58DE4C810',
        'x-amz-id-2': 'FMyUVURIY8/IgAtTv8xRjskZQpcIZ9KG4V5Wp6S7S/JRWeUWerMUE5JgHvANOjpD',
      },
      s3: {
        s3SchemaVersion: '1.0',
        configurationId: 'purge',
        bucket: { name: bucket, ownerIdentity: { principalId: 'A3NL1KOZZKExample' }, arn: `arn:aws:s3:::${bucket}` },
        object: {
          key,
          size: 1024,
          eTag: 'd41d8cd98f00b204e9800998ecf8427e',
          versionId: '096fKKXTRTtl3on89fVO.nfljtsv6qko',
          sequencer: '0055AED6DCD90281E5',
        },
      },
    })),
  };
}

/** What S3 sends when a notification is configured. */
export function s3TestEvent(bucket: string) {
  return {
    Service: 'Amazon S3',
    Event: 's3:TestEvent',
    Time: '2026-01-09T15:16:17.000Z',
    Bucket: bucket,
    RequestId: '5582815E1AEA5ADF',
    HostId: '8cLeGAmw098X5cv4Zkwcmo8vvZa3eH3eKxsPzbB9wrR+YstdA6Knx4Ip8EXAMPLE',
  };
}

/** An event on EventBridge. */
export function eventBridge<Detail>(
  source: string,
  detailType: string,
  detail: Detail,
): EventBridgeEvent<string, Detail> {
  return {
    version: '0',
    id: '17793124-05d4-b198-2fde-7ededc63b103',
    'detail-type': detailType,
    source,
    account: ACCOUNT,
    time: '2026-01-09T15:16:17Z',
    region: REGION,
    resources: [],
    detail,
  };
}

/** An event of S3 on EventBridge; keys are as they are. */
export function s3OnEventBridge(bucket: string, key: string, detailType = 'Object Created') {
  return {
    ...eventBridge('aws.s3', detailType, {
      version: '0',
      bucket: { name: bucket },
      object: {
        key,
        size: 5,
        etag: 'b1946ac92492d2347c6235b4d2611184',
        'version-id': 'IYV3p45BT0ac8hjHg1houSdS1a.Mro8e',
        sequencer: '617f08299329d189',
      },
      'request-id': 'N4N7GDK58NMKJ12R',
      requester: ACCOUNT,
      'source-ip-address': '203.0.113.7',
      reason: 'PutObject',
    }),
    resources: [`arn:aws:s3:::${bucket}`],
  };
}

/** A rule's schedule without an input of its own. */
export function scheduledEvent() {
  return {
    ...eventBridge('aws.events', 'Scheduled Event', {}),
    resources: [`arn:aws:events:${REGION}:${ACCOUNT}:rule/nightly`],
  };
}

/** An SNS message to a function. */
export function snsEvent(topic: string, message: string): SNSEvent {
  const topicArn = `arn:aws:sns:${REGION}:${ACCOUNT}:${topic}`;
  return {
    Records: [
      {
        EventVersion: '1.0',
        EventSubscriptionArn: `${topicArn}:21be56ed-a058-49f5-8c98-aedd2564c486`,
        EventSource: 'aws:sns',
        Sns: {
          SignatureVersion: '1',
          Timestamp: '2026-01-09T15:16:17.000Z',
          Signature: 'tcc6faL2yUC6dgZdmrwh1Y4cGa/ebXEkAi6RibDsvpi+tE/1+82j...65r==',
          SigningCertUrl: `https://sns.${REGION}.amazonaws.com/SimpleNotificationService-ac565b8b1a6c5d002d285f9598aa1d9b.pem`,
          MessageId: '95df01b4-ee98-5cb9-9903-4c221d41eb5e',
          Message: message,
          MessageAttributes: { Test: { Type: 'String', Value: 'TestString' } },
          Type: 'Notification',
          UnsubscribeUrl: `https://sns.${REGION}.amazonaws.com/?Action=Unsubscribe`,
          TopicArn: topicArn,
          Subject: 'purge',
        },
      },
    ],
  };
}

/** An SNS message as it lies in a queue that is subscribed without raw delivery. */
export function snsEnvelope(topic: string, message: string) {
  return {
    Type: 'Notification',
    MessageId: '63a3f6b6-d533-4a47-aef9-fcf5cf758c76',
    TopicArn: `arn:aws:sns:${REGION}:${ACCOUNT}:${topic}`,
    Subject: 'purge',
    Message: message,
    Timestamp: '2026-01-09T15:16:17.000Z',
    SignatureVersion: '1',
    Signature: 'EXAMPLEnTrFPa3...',
    SigningCertURL: `https://sns.${REGION}.amazonaws.com/SimpleNotificationService-f3ecfb7224c7233fe7bb5f59f96de52f.pem`,
    UnsubscribeURL: `https://sns.${REGION}.amazonaws.com/?Action=Unsubscribe`,
  };
}

/** A batch of a queue; its messages are called m1, m2, … */
export function sqsEvent(queue: string, ...bodies: unknown[]): SQSEvent {
  return {
    Records: bodies.map((body, at): SQSRecord => ({
      messageId: `m${at + 1}`,
      receiptHandle: 'AQEBwJnKyrHigUMZj6rYigCgxlaS3SLy0a...',
      body: typeof body === 'string' ? body : JSON.stringify(body),
      attributes: {
        ApproximateReceiveCount: '1',
        SentTimestamp: '1545082649183',
        SenderId: 'AIDAIENQZJOLO23YVJ4VO',
        ApproximateFirstReceiveTimestamp: '1545082649185',
      },
      messageAttributes: {
        kind: { stringValue: 'purge', stringListValues: [], binaryListValues: [], dataType: 'String' },
      },
      md5OfBody: 'e4e68fb7bd0e697a0ae8f1bb342846b3',
      eventSource: 'aws:sqs',
      eventSourceARN: `arn:aws:sqs:${REGION}:${ACCOUNT}:${queue}`,
      awsRegion: REGION,
    })),
  };
}

/** A record of a table's stream. */
export function streamRecord(
  sequenceNumber: string,
  images: Pick<NonNullable<DynamoDBRecord['dynamodb']>, 'Keys' | 'NewImage' | 'OldImage'>,
  tableArn = TABLE_ARN,
): DynamoDBRecord {
  return {
    eventID: `c4ca4238a0b923820dcc509a6f75849${sequenceNumber}`,
    eventName: images.OldImage === undefined ? 'INSERT' : images.NewImage === undefined ? 'REMOVE' : 'MODIFY',
    eventVersion: '1.1',
    eventSource: 'aws:dynamodb',
    awsRegion: REGION,
    dynamodb: {
      ApproximateCreationDateTime: 1_479_499_740,
      ...images,
      SequenceNumber: sequenceNumber,
      SizeBytes: 59,
      StreamViewType: 'NEW_AND_OLD_IMAGES',
    },
    eventSourceARN: `${tableArn}/stream/2026-01-09T15:16:17.123`,
  };
}

/** A job of CodePipeline's Lambda action. */
export function pipelineJob(userParameters: string): CodePipelineEvent {
  const artifact = (name: string) => ({
    name,
    revision: null,
    location: { type: 'S3' as const, s3Location: { bucketName: 'artifacts', objectKey: `shop/${name}/1.zip` } },
  });
  return {
    'CodePipeline.job': {
      id: '11111111-abcd-1111-abcd-111111abcdef',
      accountId: ACCOUNT,
      data: {
        actionConfiguration: { configuration: { FunctionName: 'purge-events', UserParameters: userParameters } },
        inputArtifacts: [artifact('in')],
        outputArtifacts: [],
        artifactCredentials: { accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 'secret', sessionToken: 'token' },
        continuationToken: 'A continuation token if continuing job',
        encryptionKey: { id: `arn:aws:kms:${REGION}:${ACCOUNT}:key/1`, type: 'KMS' },
      },
    },
  };
}

type ResourceEvent =
  | CloudFormationCustomResourceCreateEvent
  | CloudFormationCustomResourceUpdateEvent
  | CloudFormationCustomResourceDeleteEvent;

/** A custom resource's event. */
export function customResource(
  requestType: ResourceEvent['RequestType'],
  responseUrl: string,
  properties: Readonly<Record<string, unknown>>,
): ResourceEvent {
  const serviceToken = `arn:aws:lambda:${REGION}:${ACCOUNT}:function:purge-events`;
  const common = {
    ServiceToken: serviceToken,
    ResponseURL: responseUrl,
    StackId: `arn:aws:cloudformation:${REGION}:${ACCOUNT}:stack/Shop/51af3dc0-da77-11e4-872e-1234567db123`,
    RequestId: '5f4d9a3f-1c1b-4f0a-8a1e-6a3f5b1c2d3e',
    LogicalResourceId: 'PurgeOnDeployment',
    ResourceType: 'Custom::Purge',
    ResourceProperties: { ServiceToken: serviceToken, Version: '2', ...properties },
  };
  switch (requestType) {
    case 'Create':
      return { ...common, RequestType: requestType };
    case 'Update':
      return {
        ...common,
        RequestType: requestType,
        PhysicalResourceId: 'purge-of-old',
        OldResourceProperties: { ...common.ResourceProperties, Version: '1' },
      };
    case 'Delete':
      return { ...common, RequestType: requestType, PhysicalResourceId: 'purge-of-old' };
  }
}
