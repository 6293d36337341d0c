/**
 * List prices of us-east-1 in dollars, as AWS's pricing pages had them when this was written. Regions differ, prices change, and
 * accounts have terms of their own: it is a model, and no offer.
 */
export const PRICES = {
  /** https://aws.amazon.com/elasticloadbalancing/pricing/ */
  loadBalancerHour: 0.0225,
  capacityUnitHour: 0.008,
  /** https://aws.amazon.com/vpc/pricing/ */
  publicAddressHour: 0.005,
  natGatewayHour: 0.045,
  interfaceEndpointHour: 0.01,
  /** https://aws.amazon.com/fargate/pricing/ */
  fargate: { ARM64: { cpuHour: 0.03238, gibibyteHour: 0.00356 }, X86_64: { cpuHour: 0.04048, gibibyteHour: 0.004445 } },
  /** https://aws.amazon.com/elasticache/pricing/ */
  cacheNodeHour: {
    'cache.t4g.micro': 0.016,
    'cache.t4g.small': 0.032,
    'cache.t4g.medium': 0.065,
    'cache.m7g.large': 0.158,
    'cache.m7g.xlarge': 0.315,
    'cache.r7g.large': 0.219,
    'cache.r7g.xlarge': 0.437,
  } as Readonly<Record<string, number>>,
  serverlessGigabyteHour: 0.125,
  serverlessMillionUnits: 0.0034,
  /** https://aws.amazon.com/dynamodb/pricing/on-demand/ */
  millionReads: 0.125,
  millionWrites: 0.625,
  /** https://aws.amazon.com/cloudwatch/pricing/ */
  metricMonth: 0.3,
  metricsOfASite: 15,
  alarmMonth: 0.1,
  dashboardMonth: 3,
  logGigabyte: 0.5,
  /** https://aws.amazon.com/secrets-manager/pricing/ */
  secretMonth: 0.4,
  /** https://aws.amazon.com/ec2/pricing/on-demand/#Data_Transfer: the first 10 TB above 100 GB that are free. */
  outGigabyte: 0.09,
  betweenZonesGigabyte: 0.01,
  /** https://aws.amazon.com/cloudfront/pricing/pay-as-you-go/: North America and Europe, above 1 TB and 10 million requests that are free. */
  cloudFrontGigabyte: 0.085,
  cloudFrontMillionRequests: 1,
} as const;

export const HOURS_OF_A_MONTH = 730;
