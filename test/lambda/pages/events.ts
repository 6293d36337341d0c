import type { ALBEvent, APIGatewayProxyEventV2 } from 'aws-lambda';

const BROWSER = 'Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0';

/** What the events of these tests differ by. */
export interface EventOptions {
  readonly method?: string;
  readonly path?: string;
  /** Without `?`. */
  readonly query?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
}

const HOST = 'www.example.com';

/** The event of a load balancer as AWS documents it ("Using AWS Lambda with an Application Load Balancer"). */
export function albEvent({
  method = 'GET',
  path = '/list',
  query = '',
  headers = {},
  body = '',
}: EventOptions = {}): ALBEvent {
  const parameters = query.split('&').filter((text) => text !== '');
  return {
    requestContext: {
      elb: { targetGroupArn: 'arn:aws:elasticloadbalancing:eu-west-1:123456789012:targetgroup/shop/49e9d65c45c6791a' },
    },
    httpMethod: method,
    path,
    queryStringParameters: Object.fromEntries<string>(
      parameters.map((text) => [text.split('=')[0] ?? '', text.split('=')[1] ?? '']),
    ),
    headers: {
      accept: 'text/html,application/xhtml+xml',
      'accept-encoding': 'gzip',
      host: HOST,
      'user-agent': BROWSER,
      'x-amzn-trace-id': 'Root=1-5c536348-3d683b8b04734faae651f476',
      'x-forwarded-for': '72.12.164.125',
      'x-forwarded-port': '443',
      'x-forwarded-proto': 'https',
      ...headers,
    },
    body,
    isBase64Encoded: false,
  };
}

/** The same from a target group with `lambda.multi_value_headers.enabled`. */
export function multiAlbEvent(options: EventOptions = {}): ALBEvent {
  const { headers = {}, queryStringParameters: _, ...event } = albEvent(options);
  const values: Record<string, string[]> = {};
  for (const text of (options.query ?? '').split('&').filter((one) => one !== '')) {
    const [name = '', value = ''] = text.split('=');
    values[name] = [...(values[name] ?? []), value];
  }
  return {
    ...event,
    multiValueQueryStringParameters: values,
    multiValueHeaders: Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, [String(value)]])),
  };
}

/** The event of a function URL as AWS documents it ("Invoking Lambda function URLs"). */
export function urlEvent({
  method = 'GET',
  path = '/list',
  query = '',
  headers: { cookie, ...headers } = {},
  body,
}: EventOptions = {}): APIGatewayProxyEventV2 {
  const domainName = HOST;
  return {
    version: '2.0',
    routeKey: '$default',
    rawPath: path,
    rawQueryString: query,
    ...(cookie !== undefined && { cookies: cookie.split('; ') }),
    headers: {
      accept: 'text/html,application/xhtml+xml',
      'accept-encoding': 'gzip',
      host: domainName,
      'user-agent': BROWSER,
      'x-amzn-trace-id': 'Root=1-5e66d96f-7491f09xmpl79d18acf3d050',
      'x-forwarded-for': '72.12.164.125',
      'x-forwarded-port': '443',
      'x-forwarded-proto': 'https',
      ...headers,
    },
    ...(query !== '' && { queryStringParameters: Object.fromEntries(new URLSearchParams(query)) }),
    requestContext: {
      accountId: 'anonymous',
      apiId: 'abcdefghij',
      domainName,
      domainPrefix: 'www',
      http: { method, path, protocol: 'HTTP/1.1', sourceIp: '72.12.164.125', userAgent: BROWSER },
      requestId: 'e1506fd5-9e7b-434f-bd42-4f8fa224b599',
      routeKey: '$default',
      stage: '$default',
      time: '12/Mar/2020:19:03:58 +0000',
      timeEpoch: 1583348638390,
    },
    ...(body !== undefined && { body }),
    isBase64Encoded: false,
  };
}
