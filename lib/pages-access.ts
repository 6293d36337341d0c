import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Stack } from 'aws-cdk-lib';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import type { Construct } from 'constructs';
import type { PageIndex } from './page-index';

const DIRECTORY = 'nginx-memcache-site';

/** The variables by which `nginx-memcache-site/pages` finds a site's table, besides those of its nodes. */
export function pagesEnvironment(pageIndex: PageIndex): Record<string, string> {
  return { NMS_TABLE: pageIndex.table.tableName };
}

/**
 * Tells a function what decides a site's pages, and lets it use their index. The document is in a layer: a function's
 * environment is at most 4 KB.
 *
 * @throws Error for a function that is made of a container's image, which has no layers.
 */
export function connectToPages(
  site: Construct,
  handler: lambda.Function,
  siteDocument: string,
  pageIndex: PageIndex,
): void {
  if (handler.runtime.runtimeEquals(lambda.Runtime.FROM_IMAGE)) {
    throw new Error(
      `${site.node.path}: ${handler.node.path} is made of a container's image, which has no layers: give it site.pagesEnvironment by a file in the image (NMS_SITE_CONFIG)`,
    );
  }
  handler.addLayers(documentLayer(site, Stack.of(handler), siteDocument));
  handler.addEnvironment('NMS_SITE_CONFIG', `/opt/${DIRECTORY}/site.json`);
  Object.entries(pagesEnvironment(pageIndex)).forEach(([name, value]) => handler.addEnvironment(name, value));
  pageIndex.grantUse(handler);
  // Of DynamoDB only the port is known.
  handler.connections.securityGroups
    .filter((group) => !group.allowAllOutbound)
    .forEach((group) => group.addEgressRule(ec2.Peer.anyIpv4(), ec2.Port.HTTPS, 'DynamoDB'));
}

/** One for each stack: the name of a layer changes with the document, and what other stacks use cannot. */
function documentLayer(site: Construct, stack: Stack, siteDocument: string): lambda.LayerVersion {
  const id = `SiteDocument${site.node.addr}`;
  const known = stack.node.tryFindChild(id);
  if (known instanceof lambda.LayerVersion) {
    return known;
  }
  const directory = mkdtempSync(join(tmpdir(), 'nginx-memcache-site-asset-'));
  try {
    mkdirSync(join(directory, DIRECTORY));
    writeFileSync(join(directory, DIRECTORY, 'site.json'), siteDocument);
    return new lambda.LayerVersion(stack, id, {
      code: lambda.Code.fromAsset(directory),
      description: `What decides the pages of ${site.node.path}`,
    });
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}
