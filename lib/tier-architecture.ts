import * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as ecrAssets from 'aws-cdk-lib/aws-ecr-assets';
import * as ecs from 'aws-cdk-lib/aws-ecs';

/** The processors that the tasks run on. */
export enum TierArchitecture {
  /** AWS Graviton: a fifth cheaper on Fargate. */
  ARM_64 = 'arm64',
  /** Intel and AMD. */
  X86_64 = 'x86_64',
}

/** What an architecture is called by everything that must agree on it. */
export interface ArchitectureNames {
  /** Of the image. */
  readonly platform: ecrAssets.Platform;
  /** Of Fargate. */
  readonly cpu: ecs.CpuArchitecture;
  /** Of the instances' own image. */
  readonly ami: ecs.AmiHardwareType;
  /** Of an instance type. */
  readonly instance: ec2.InstanceArchitecture;
  /** An instance type that is small, and holds two tasks: it has three network interfaces, one of them its own. */
  readonly instanceType: string;
}

/** The names of each architecture. */
export const ARCHITECTURES: Readonly<Record<TierArchitecture, ArchitectureNames>> = {
  [TierArchitecture.ARM_64]: {
    platform: ecrAssets.Platform.LINUX_ARM64,
    cpu: ecs.CpuArchitecture.ARM64,
    ami: ecs.AmiHardwareType.ARM,
    instance: ec2.InstanceArchitecture.ARM_64,
    instanceType: 't4g.medium',
  },
  [TierArchitecture.X86_64]: {
    platform: ecrAssets.Platform.LINUX_AMD64,
    cpu: ecs.CpuArchitecture.X86_64,
    ami: ecs.AmiHardwareType.STANDARD,
    instance: ec2.InstanceArchitecture.X86_64,
    instanceType: 't3.medium',
  },
};
