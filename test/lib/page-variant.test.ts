import { Stack } from 'aws-cdk-lib';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as secretsmanager from 'aws-cdk-lib/aws-secretsmanager';
import { Match } from 'aws-cdk-lib/assertions';
import { type NginxMemcacheSiteProps, Origin, PageVariant, PurgeMode } from '../../lib/index';
import { READY_MADE_DEVICES } from '../../lib/site/devices';
import { parseSiteConfig } from '../../lib/site/site-config';
import { newSite, newStack, propertiesOf, siteDocuments, templateOf } from './site-template';

/** A site with a signed cookie, in a VPC from where functions can get out, or in one of its own, from where they cannot. */
function siteWithKey({ egress, ...props }: Partial<NginxMemcacheSiteProps> & { egress: boolean }) {
  const stack = newStack();
  const key = new secretsmanager.Secret(stack, 'Key');
  const vpc = egress ? new ec2.Vpc(stack, 'Vpc') : undefined;
  const variants = [PageVariant.signedCookie('Site_Tier', ['free', 'paid'], { key })];
  return { site: newSite({ variants, vpc, ...props }, stack), arn: stack.resolve(key.secretArn) as unknown };
}

describe('the document', () => {
  test('has each variant as it was declared', () => {
    const key = secretsmanager.Secret.fromSecretNameV2(newStack(), 'Key', 'tier');
    const site = newSite({
      variants: [
        PageVariant.language(['en', 'de'], { cookie: 'django_language' }),
        PageVariant.device(),
        PageVariant.signedCookie('tier', ['free', 'paid'], { key }),
      ],
    });

    const variants = [
      { name: 'language', source: 'language', values: ['en', 'de'], cookie: 'django_language' },
      { name: 'device', source: 'device', field: 'X-Device', ...READY_MADE_DEVICES },
      { name: 'tier', source: 'signed-cookie', field: 'tier', values: ['free', 'paid'] },
    ];
    expect(Object.values(siteDocuments(site))[0]).toMatchObject({ key: { variants } });
  });

  test('has devices of the owner’s own, in the order of their rules, and nothing ready-made', () => {
    const rules = [
      { device: 'tv', userAgentContains: ['SmartTV'] },
      { device: 'screen', userAgentContains: ['Windows'] },
      { device: 'tv', userAgentContains: ['BRAVIA'] },
    ];
    const device = PageVariant.device({ rules, otherwise: 'phone', header: 'X-Screen', userAgents: { tv: 'TV/1' } });

    expect(Object.values(siteDocuments(newSite({ variants: [device] })))[0]).toMatchObject({
      key: {
        variants: [
          {
            name: 'device',
            source: 'device',
            field: 'X-Screen',
            values: ['phone', 'tv', 'screen'],
            rules: rules.map(({ device: value, userAgentContains: contains }) => ({ value, contains })),
            userAgents: { tv: 'TV/1' },
          },
        ],
      },
    });
  });

  test('says no more of devices than their owner does', () => {
    const device = PageVariant.device({ rules: [{ device: 'mobile', userAgentContains: ['Mobi'] }] });

    const document = parseSiteConfig(Object.values(siteDocuments(newSite({ variants: [device] })))[0]);

    expect(document.key.variants).toMatchObject([{ values: ['desktop', 'mobile'], userAgents: {} }]);
  });

  test.each<[string, PageVariant[], string]>([
    ['a language', [PageVariant.language(['en', 'd e'])], 'key.variants.0.values.1: must be a language'],
    ['one language', [PageVariant.language(['en'])], 'key.variants.0.values: must have at least two values'],
    ['two devices', [PageVariant.device(), PageVariant.device()], 'key.variants: must not name a variant twice'],
    [
      'a rule',
      [PageVariant.device({ rules: [{ device: 'mobile', userAgentContains: ['a|b'] }] })],
      'key.variants.0.rules.0.contains.0: must be a part of a User-Agent',
    ],
  ])('fails for a bad %s', (_, variants, message) => {
    expect(() => newSite({ variants })).toThrow(message);
  });

  test('fails for a default that the ready-made rules do not have', () => {
    expect(() => PageVariant.device({ otherwise: 'phone' })).toThrow(
      "PageVariant.device: otherwise must be left out where there are no rules, which say 'desktop', got: 'phone'",
    );
  });
});

describe('the key of a signed cookie', () => {
  test('reaches nginx and the writer as a secret, and is in no document', () => {
    const { site, arn } = siteWithKey({ egress: false });
    const template = templateOf(site);

    const secrets = Match.objectLike({ Secrets: [{ Name: 'NMS_VARIANT_KEY_SITE_TIER', ValueFrom: arn }] });
    template.hasResourceProperties('AWS::ECS::TaskDefinition', { ContainerDefinitions: [secrets, secrets] });
    expect(JSON.stringify(siteDocuments(site))).not.toContain('secret');
  });

  test('stands beside the secret that the origin knows the site by', () => {
    const originSecret = secretsmanager.Secret.fromSecretNameV2(newStack(), 'Secret', 'origin');
    const { site } = siteWithKey({ egress: false, originSecret });

    const [task] = propertiesOf<{ ContainerDefinitions: { Secrets: { Name: string }[] }[] }>(
      templateOf(site),
      'AWS::ECS::TaskDefinition',
    );

    expect(task?.ContainerDefinitions.map(({ Secrets }) => Secrets.map(({ Name }) => Name))).toEqual(
      Array(2).fill(['NMS_ORIGIN_SECRET', 'NMS_VARIANT_KEY_SITE_TIER']),
    );
  });

  test('is read by the function that renders, which is told where it lies', () => {
    const { site, arn } = siteWithKey({ egress: true });
    const template = templateOf(site);

    template.hasResourceProperties('AWS::Lambda::Function', {
      Description: 'Purges pages of the site',
      Environment: { Variables: Match.objectLike({ NMS_VARIANT_ARN_SITE_TIER: arn }) },
    });
    template.hasResourceProperties('AWS::IAM::Policy', {
      Roles: [Stack.of(site).resolve(site.purger.core.role?.roleName)],
      PolicyDocument: {
        Statement: Match.arrayWith([
          Match.objectLike({ Action: Match.arrayWith(['secretsmanager:GetSecretValue']), Resource: arn }),
        ]),
      },
    });
  });

  test('fails refreshes at synth where the function cannot reach Secrets Manager', () => {
    const stack = newStack();
    const vpc = new ec2.Vpc(stack, 'Vpc', { natGateways: 0 });
    const key = new secretsmanager.Secret(stack, 'Key');
    const variants = [PageVariant.signedCookie('tier', ['free', 'paid'], { key })];
    const origin = {
      bind: () => ({ url: 'http://app.internal', connectable: new ec2.Connections(), port: ec2.Port.tcp(80) }),
    } as unknown as Origin;

    expect(() =>
      newSite({ vpc, origin }, stack, 'Without').purgeOnDeploy({ everything: true, mode: PurgeMode.REFRESH }),
    ).not.toThrow();
    expect(() =>
      newSite({ vpc, origin, variants }, stack).purgeOnDeploy({ everything: true, mode: PurgeMode.REFRESH }),
    ).toThrow('cannot reach Secrets Manager, where the keys of signed variants are');
  });
});

test('the site’s name, which signatures are for, is known to the app', () => {
  expect(newSite({ siteName: 'shop' }).siteName).toBe('shop');
});
