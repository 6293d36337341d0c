import { Match, Template } from 'aws-cdk-lib/assertions';
import * as cloudfront from 'aws-cdk-lib/aws-cloudfront';
import * as origins from 'aws-cdk-lib/aws-cloudfront-origins';
import { newSite, newStack } from './site-template';

function given(props: Parameters<typeof newSite>[0] = {}) {
  const stack = newStack();
  const site = newSite({ siteName: 'shop', ...props }, stack);
  const distribution = new cloudfront.Distribution(stack, 'Distribution', {
    defaultBehavior: { origin: new origins.LoadBalancerV2Origin(site.loadBalancer) },
  });
  return { stack, site, distribution };
}

test('the function that purges may have that distribution’s copies removed, and count the paths, and nothing more', () => {
  const { stack, site, distribution } = given();
  site.purgeCloudFront(distribution, { maxPathsPerMonth: 50 });
  const template = Template.fromStack(stack);
  const { ref } = stack.resolve({ ref: distribution.distributionId }) as { ref: { Ref: string } };
  template.hasResourceProperties('AWS::IAM::Policy', {
    PolicyDocument: {
      Statement: Match.arrayWith([
        {
          Action: 'cloudfront:CreateInvalidation',
          Effect: 'Allow',
          Resource: Match.objectLike({ 'Fn::Join': ['', Match.arrayWith([ref])] }),
        },
        {
          Action: 'dynamodb:UpdateItem',
          Effect: 'Allow',
          Resource: stack.resolve(site.pageIndex.table.tableArn) as object,
          Condition: { 'ForAllValues:StringEquals': { 'dynamodb:LeadingKeys': ['cloudfront#shop'] } },
        },
      ]),
    },
  });
  const functions = JSON.stringify(template.findResources('AWS::Lambda::Function'));
  expect(functions).toContain('\\"byTag\\":false,\\"queryStrings\\":true,\\"maxPathsPerMonth\\":50}');
  expect(functions.match(/NMS_CLOUDFRONT/g)).toHaveLength(1);
});

test('without one nothing may', () => {
  const { stack } = given();
  expect(JSON.stringify(Template.fromStack(stack).toJSON())).not.toMatch(/CreateInvalidation|NMS_CLOUDFRONT/);
});

test.each([0, -1, 1.5, NaN])('fails for a cap of %p', (maxPathsPerMonth) => {
  const { site, distribution } = given();
  expect(() => site.purgeCloudFront(distribution, { maxPathsPerMonth })).toThrow(
    `Shop/Site: purgeCloudFront: maxPathsPerMonth must be a whole number of at least 1, got: ${maxPathsPerMonth}`,
  );
});

test('fails by tag where the site keeps the tags to itself', () => {
  const { site, distribution } = given();
  expect(() => site.purgeCloudFront(distribution, { byTag: true })).toThrow('byTag needs keepTagHeaders');
  const open = given({ keepTagHeaders: true });
  expect(() => open.site.purgeCloudFront(open.distribution, { byTag: true })).not.toThrow();
});

test('fails for a second distribution', () => {
  const { site, distribution } = given();
  site.purgeCloudFront(distribution);
  expect(() => site.purgeCloudFront(distribution)).toThrow('must be called once');
});
