import type { IncomingMessage, ServerResponse } from 'node:http';
import { listenHttp, type ListeningServer } from './listening-servers';

/** What the stand-in is to say. */
export interface AwsStandInOptions {
  /** The outputs of each stack, by its name. */
  readonly stacks: Readonly<Record<string, readonly string[]>>;
  /** The nodes of each ElastiCache cluster, as `host:port`, by its id. Others may not be asked about. */
  readonly clusters: Readonly<Record<string, readonly string[]>>;
  /** The template of every stack. Default: an empty text */
  readonly template?: string;
  /** Where functions are invoked, as `http://host:port`. */
  readonly lambdaUrl: string;
}

/**
 * A stand-in for AWS at its API, for one endpoint: CloudFormation's DescribeStacks and GetTemplate, and ElastiCache's DescribeCacheClusters
 * (AWS Query protocol), and Lambda's Invoke, which is passed on.
 */
export function startAwsStandIn(options: AwsStandInOptions): Promise<ListeningServer> {
  return listenHttp((request, response) => void answer(request, response, options));
}

async function answer(request: IncomingMessage, response: ServerResponse, options: AwsStandInOptions): Promise<void> {
  const chunks: Buffer[] = [];
  for await (const chunk of request as AsyncIterable<Buffer>) chunks.push(chunk);
  const body = Buffer.concat(chunks);
  if (request.url?.startsWith('/2015-03-31/') === true) {
    const passed = await fetch(options.lambdaUrl + request.url, { method: 'POST', body });
    const failed = passed.headers.get('x-amz-function-error');
    const headers = {
      'Content-Type': 'application/json',
      ...(failed === null ? {} : { 'X-Amz-Function-Error': failed }),
    };
    const errorType = passed.headers.get('x-amzn-errortype');
    response.writeHead(passed.status, errorType === null ? headers : { ...headers, 'X-Amzn-ErrorType': errorType });
    response.end(Buffer.from(await passed.arrayBuffer()));
    return;
  }
  const query = new URLSearchParams(body.toString('utf8'));
  const [status, xml] = xmlOf(query, options);
  response.writeHead(status, { 'Content-Type': 'text/xml' }).end(xml);
}

function xmlOf(query: URLSearchParams, options: AwsStandInOptions): [status: number, xml: string] {
  if (query.get('Action') === 'GetTemplate') {
    const body = `<TemplateBody>${escaped(options.template ?? '')}</TemplateBody>`;
    return [200, `<GetTemplateResponse><GetTemplateResult>${body}</GetTemplateResult></GetTemplateResponse>`];
  }
  return query.get('Action') === 'DescribeStacks' ? stackXml(query, options) : clusterXml(query, options);
}

function stackXml(query: URLSearchParams, { stacks }: AwsStandInOptions): [status: number, xml: string] {
  const name = query.get('StackName') ?? '';
  const outputs = stacks[name];
  if (outputs === undefined) {
    return [400, errorXml('ValidationError', `Stack with id ${name} does not exist`)];
  }
  const members = outputs.map(
    (value, i) => `<member><OutputKey>Output${i}</OutputKey><OutputValue>${escaped(value)}</OutputValue></member>`,
  );
  return [
    200,
    `<DescribeStacksResponse xmlns="http://cloudformation.amazonaws.com/doc/2010-05-15/"><DescribeStacksResult><Stacks><member><StackName>${name}</StackName><StackStatus>CREATE_COMPLETE</StackStatus><CreationTime>2026-01-01T00:00:00Z</CreationTime><Outputs>${members.join('')}</Outputs></member></Stacks></DescribeStacksResult></DescribeStacksResponse>`,
  ];
}

function clusterXml(query: URLSearchParams, { clusters }: AwsStandInOptions): [status: number, xml: string] {
  const id = query.get('CacheClusterId') ?? '';
  const nodes = clusters[id];
  if (nodes === undefined) {
    return [403, errorXml('AccessDenied', `not authorized to perform: elasticache:DescribeCacheClusters on ${id}`)];
  }
  const shown = query.get('ShowCacheNodeInfo') === 'true' ? nodes : [];
  const members = shown.map((node, i) => {
    const [host, port] = node.split(':');
    return `<CacheNode><CacheNodeId>000${i + 1}</CacheNodeId><CacheNodeStatus>available</CacheNodeStatus><Endpoint><Address>${host}</Address><Port>${port}</Port></Endpoint><CustomerAvailabilityZone>eu-west-1${'abc'[i]}</CustomerAvailabilityZone></CacheNode>`;
  });
  return [
    200,
    `<DescribeCacheClustersResponse xmlns="http://elasticache.amazonaws.com/doc/2015-02-02/"><DescribeCacheClustersResult><CacheClusters><CacheCluster><CacheClusterId>${id}</CacheClusterId><CacheClusterStatus>available</CacheClusterStatus><CacheNodeType>cache.t4g.micro</CacheNodeType><EngineVersion>1.6.22</EngineVersion><CacheNodes>${members.join('')}</CacheNodes></CacheCluster></CacheClusters></DescribeCacheClustersResult></DescribeCacheClustersResponse>`,
  ];
}

function errorXml(code: string, message: string): string {
  return `<ErrorResponse><Error><Type>Sender</Type><Code>${code}</Code><Message>${escaped(message)}</Message></Error><RequestId>1</RequestId></ErrorResponse>`;
}

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('"', '&quot;');
}
