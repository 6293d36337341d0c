import * as ecrAssets from 'aws-cdk-lib/aws-ecr-assets';
import type { Construct } from 'constructs';
import { withStagedAssets } from './staged-assets';
import { ARCHITECTURES, type TierArchitecture } from './tier-architecture';

/** What an image is built from. */
export interface TierImageOptions {
  /** The site's document, as JSON. */
  readonly siteDocument: string;
  readonly architecture: TierArchitecture;
  readonly imageBase?: string;
  readonly packagesOf?: string;
}

/** Builds the image of nginx and the writer; what is not given is the Dockerfile's own. */
export function tierImage(scope: Construct, options: TierImageOptions): ecrAssets.DockerImageAsset {
  const { siteDocument, architecture, imageBase, packagesOf } = options;
  return withStagedAssets('image', siteDocument, (directory) => {
    return new ecrAssets.DockerImageAsset(scope, 'Image', {
      directory,
      platform: ARCHITECTURES[architecture].platform,
      buildArgs: {
        ...(imageBase === undefined ? {} : { BASE: imageBase }),
        ...(packagesOf === undefined ? {} : { PACKAGES_OF: packagesOf }),
      },
    });
  });
}

/**
 * Checks what the image is built from.
 *
 * @throws Error for a base that is no image's name, and for a day that is none.
 */
export function checkImage(path: string, { imageBase, packagesOf }: Partial<TierImageOptions>): void {
  if (imageBase !== undefined && !/^[a-z0-9][A-Za-z0-9._:/@-]*$/.test(imageBase)) {
    throw new Error(`${path}: imageBase must be an image's name, perhaps with tag or digest, got: '${imageBase}'`);
  }
  if (packagesOf !== undefined && !isDay(packagesOf)) {
    throw new Error(`${path}: packagesOf must be a day as YYYY-MM-DD, got: '${packagesOf}'`);
  }
}

function isDay(text: string): boolean {
  const time = /^\d{4}-\d\d-\d\d$/.test(text) ? Date.parse(text) : NaN;
  return !Number.isNaN(time) && new Date(time).toISOString().startsWith(text);
}
