import { join } from 'node:path';
import ts from 'typescript';
import { type Block, root } from './documents';

// What readers know from around an example: the libraries by their usual names, and what the text calls the parts of their stack.
const AROUND = `
import { App, CfnOutput, Duration, SecretValue, Size, Stack, Stage, type StackProps } from 'aws-cdk-lib';
import * as acm from 'aws-cdk-lib/aws-certificatemanager';
import * as cloudfront from 'aws-cdk-lib/aws-cloudfront';
import * as origins from 'aws-cdk-lib/aws-cloudfront-origins';
import * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import * as codepipeline from 'aws-cdk-lib/aws-codepipeline';
import * as dynamodb from 'aws-cdk-lib/aws-dynamodb';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as ecs from 'aws-cdk-lib/aws-ecs';
import * as elbv2 from 'aws-cdk-lib/aws-elasticloadbalancingv2';
import { EventField } from 'aws-cdk-lib/aws-events';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import * as s3 from 'aws-cdk-lib/aws-s3';
import { ScheduleExpression } from 'aws-cdk-lib/aws-scheduler';
import * as secretsmanager from 'aws-cdk-lib/aws-secretsmanager';
import { Secret } from 'aws-cdk-lib/aws-secretsmanager';
import * as sns from 'aws-cdk-lib/aws-sns';
import * as sqs from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import express from 'express';
import { fastify } from 'fastify';
import { createServer, type RequestListener } from 'node:http';
import * as library from 'nginx-memcache-site';
import {
  CacheStatusDetail, Fill, NginxMemcacheSite, Origin, OriginHost, PageCache, PageFormat, PageIndexing, PageVariant, PurgeMode,
  PurgeStep, QueryPolicy, SchemePolicy, TierArchitecture, TierCapacity, type NginxMemcacheSiteProps,
} from 'nginx-memcache-site';
import { cachePage, pageCache, withPageCache } from 'nginx-memcache-site/pages';
import { Values } from 'nginx-memcache-site/values';
declare const stack: Stack;
declare const site: NginxMemcacheSite;
declare const origin: Origin;
declare const vpc: ec2.IVpc;
declare const alb: elbv2.IApplicationLoadBalancer;
declare const django: ecs.FargateService;
declare const application: lambda.Function;
declare const handler: lambda.Function;
declare const certificate: acm.ICertificate;
declare const certificateInNorthVirginia: acm.ICertificate;
declare const distribution: cloudfront.Distribution;
declare const bucket: s3.Bucket;
declare const table: dynamodb.Table;
declare const productTable: dynamodb.Table;
declare const topic: sns.Topic;
declare const queue: sqs.Queue;
declare const role: iam.Role;
declare const editorRole: iam.Role;
declare const stage: codepipeline.IStage;
declare const listener: RequestListener;
declare const koa: { callback(): RequestListener };
declare const secret: secretsmanager.ISecret;
declare const previousSecret: secretsmanager.ISecret;
`;

const BEFORE_PROPS = `${AROUND}export class Example extends Stack { readonly site = new NginxMemcacheSite(this, 'Site', { origin,\n`;
const BEFORE_STATEMENTS = `${AROUND}export class Example extends Stack { async show(): Promise<void> {\n`;

/** An example as a module of its own: one that imports anything is one; what begins like a property belongs to a site, the rest into a stack. */
function moduleOf({ text }: Block): { readonly source: string; readonly linesBefore: number } {
  const [before, after] = /^import /m.test(text)
    ? ['', '']
    : /^\w+:/.test(text)
      ? [BEFORE_PROPS, '}); }']
      : [BEFORE_STATEMENTS, '} }'];
  return { source: before + text + after, linesBefore: before.split('\n').length - 1 };
}

/** What the compiler says about examples in TypeScript, by the places at which they stand. */
export function complaintsAbout(blocks: readonly Block[]): Record<string, string[]> {
  const { config } = ts.readConfigFile(join(root, 'tsconfig.json'), (path) => ts.sys.readFile(path)) as {
    config: object;
  };
  const parsed = ts.parseJsonConfigFileContent(config, ts.sys, root);
  const options: ts.CompilerOptions = {
    ...parsed.options,
    noUnusedLocals: false,
    // As users name them; of the tree, so that nothing has to be built first.
    paths: {
      ...parsed.options.paths,
      'nginx-memcache-site/values': ['./lambda/values/index.ts'],
      'nginx-memcache-site/pages': ['./lambda/pages/index.ts'],
    },
  };
  const modules = new Map(blocks.map((block, index) => [join(root, 'docs', `example-${index}.ts`), moduleOf(block)]));
  const files = ts.createCompilerHost(options);
  const host: ts.CompilerHost = {
    ...files,
    fileExists: (name) => modules.has(name) || files.fileExists(name),
    getSourceFile: (name, version, ...more) => {
      const example = modules.get(name);
      return example ? ts.createSourceFile(name, example.source, version) : files.getSourceFile(name, version, ...more);
    },
  };
  const program = ts.createProgram([...modules.keys()], options, host);
  return Object.fromEntries(
    [...modules].flatMap(([name, { linesBefore }], index) => {
      const file = program.getSourceFile(name);
      const found = [...program.getSyntacticDiagnostics(file), ...program.getSemanticDiagnostics(file)].map((one) => {
        const { line } = ts.getLineAndCharacterOfPosition(file as ts.SourceFile, one.start ?? 0);
        return `line ${line + 1 - linesBefore}: ${ts.flattenDiagnosticMessageText(one.messageText, ' ')}`;
      });
      return found.length === 0 ? [] : [[blocks[index]?.place ?? name, found]];
    }),
  );
}
