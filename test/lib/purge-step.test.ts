import { Stack, Stage } from 'aws-cdk-lib';
import { Match, Template } from 'aws-cdk-lib/assertions';
import * as codebuild from 'aws-cdk-lib/aws-codebuild';
import * as codecommit from 'aws-cdk-lib/aws-codecommit';
import * as codepipeline from 'aws-cdk-lib/aws-codepipeline';
import * as actions from 'aws-cdk-lib/aws-codepipeline-actions';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import * as sns from 'aws-cdk-lib/aws-sns';
import * as pipelines from 'aws-cdk-lib/pipelines';
import { PurgeStep } from '../../lib/index';
import { newApp, newSite, newStack, propertiesOf, templateOf } from './site-template';

interface Policy {
  readonly PolicyDocument: { readonly Statement: { readonly Action: string | string[]; readonly Resource: unknown }[] };
}

const answering = {
  Effect: 'Allow',
  Action: ['codepipeline:PutJobFailureResult', 'codepipeline:PutJobSuccessResult'],
  Resource: '*',
};

function answeringStatements(template: Template): unknown[] {
  return propertiesOf<Policy>(template, 'AWS::IAM::Policy')
    .flatMap(({ PolicyDocument }) => PolicyDocument.Statement)
    .filter(({ Action }) => JSON.stringify(Action).includes('codepipeline:PutJob'));
}

describe('purgeAction', () => {
  const source = new codepipeline.Artifact();
  const newPipeline = (stack: Stack, action: codepipeline.IAction) =>
    new codepipeline.Pipeline(stack, 'Pipeline', {
      stages: [
        {
          stageName: 'Source',
          actions: [
            new actions.CodeCommitSourceAction({
              actionName: 'Source',
              repository: codecommit.Repository.fromRepositoryName(stack, 'Repository', 'shop'),
              output: source,
              trigger: actions.CodeCommitTrigger.NONE,
            }),
          ],
        },
        { stageName: 'Deploy', actions: [action] },
      ],
    });

  test('has the function purge the selection, in its turn, and may invoke it', () => {
    const stack = newStack();
    const site = newSite({}, stack);
    const name = stack.resolve(site.purgeFunction.functionName) as unknown;

    newPipeline(
      stack,
      site.purgeAction({
        actionName: 'Purge',
        selection: { everything: true },
        runOrder: 2,
        variablesNamespace: 'purge',
      }),
    );

    const template = templateOf(site);
    template.hasResourceProperties('AWS::CodePipeline::Pipeline', {
      Stages: Match.arrayWith([
        Match.objectLike({
          Name: 'Deploy',
          Actions: [
            Match.objectLike({
              Name: 'Purge',
              ActionTypeId: { Category: 'Invoke', Owner: 'AWS', Provider: 'Lambda', Version: '1' },
              Configuration: { FunctionName: name, UserParameters: '{"everything":true,"mode":"delete"}' },
              RunOrder: 2,
              Namespace: 'purge',
            }),
          ],
        }),
      ]),
    });
    const arn = stack.resolve(site.purgeFunction.functionArn) as unknown;
    template.hasResourceProperties('AWS::IAM::Policy', {
      PolicyDocument: {
        Statement: Match.arrayWith([
          { Effect: 'Allow', Action: 'lambda:InvokeFunction', Resource: [arn, { 'Fn::Join': ['', [arn, ':*']] }] },
        ]),
      },
    });
  });

  test('lets the function answer the job, said once', () => {
    const stack = newStack();
    const site = newSite({}, stack);

    newPipeline(stack, site.purgeAction({ actionName: 'Purge', selection: { everything: true } }));

    expect(answeringStatements(templateOf(site))).toEqual([answering]);
  });

  test('fails for a selection that is longer than an action can hold', () => {
    const tags = Array.from({ length: 5 }, () => 't'.repeat(250));

    expect(() => newSite().purgeAction({ actionName: 'Purge', selection: { tags } })).toThrow(
      'Purge: the selection must have at most 1000 characters as JSON, which is what an action holds, got: 1291; use prefixes or tags',
    );
  });
});

describe('allowPurgeFromPipelines', () => {
  test('lets the function answer jobs, and twice is once', () => {
    const site = newSite();

    site.allowPurgeFromPipelines();
    site.allowPurgeFromPipelines();

    expect(answeringStatements(templateOf(site))).toEqual([answering]);
  });

  test('is not given to a site that no pipeline purges', () => {
    expect(answeringStatements(templateOf(newSite()))).toEqual([]);
  });
});

describe('PurgeStep', () => {
  test('purges after a stage has been deployed, by the name of the function', () => {
    const stack = new Stack(newApp(), 'Pipeline', { env: { account: '111111111111', region: 'eu-central-1' } });
    const pipeline = new pipelines.CodePipeline(stack, 'Pipeline', {
      selfMutation: false,
      codeBuildDefaults: { buildEnvironment: { buildImage: codebuild.LinuxBuildImage.STANDARD_7_0 } },
      synth: new pipelines.ShellStep('Synth', {
        input: pipelines.CodePipelineSource.codeCommit(
          codecommit.Repository.fromRepositoryName(stack, 'Repository', 'shop'),
          'main',
          { trigger: actions.CodeCommitTrigger.NONE },
        ),
        commands: ['npx cdk synth'],
      }),
    });
    const production = new Stage(stack, 'Production', { env: { account: '111111111111', region: 'eu-central-1' } });
    new sns.Topic(new Stack(production, 'Shop'), 'Topic');
    const purgeFunction = lambda.Function.fromFunctionName(stack, 'Purge', 'shop-purge');

    pipeline.addStage(production, {
      post: [new PurgeStep('PurgeAll', { purgeFunction, selection: { everything: true } })],
    });

    const template = Template.fromStack(stack);
    template.hasResourceProperties('AWS::CodePipeline::Pipeline', {
      Stages: Match.arrayWith([
        Match.objectLike({
          Name: 'Production',
          Actions: Match.arrayWith([
            Match.objectLike({
              Name: 'PurgeAll',
              ActionTypeId: Match.objectLike({ Category: 'Invoke', Provider: 'Lambda' }),
              Configuration: { FunctionName: 'shop-purge', UserParameters: '{"everything":true,"mode":"delete"}' },
              RunOrder: 3,
            }),
          ]),
        }),
      ]),
    });
    expect(JSON.stringify(template.findResources('AWS::IAM::Policy'))).toContain(
      ':lambda:eu-central-1:111111111111:function:shop-purge"',
    );
  });

  test('fails for an empty selection', () => {
    const purgeFunction = lambda.Function.fromFunctionName(newStack(), 'Purge', 'shop-purge');

    expect(() => new PurgeStep('PurgeAll', { purgeFunction, selection: {} })).toThrow(
      'PurgeStep PurgeAll: the selection must name something by urls, exactUrls, prefixes, tags, hosts or everything: true, got: {}',
    );
  });
});
