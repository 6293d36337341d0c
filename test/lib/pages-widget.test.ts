import { Stack } from 'aws-cdk-lib';
import { newSite, propertiesOf, templateOf } from './site-template';

test('the dashboard has the pages of the site, by the functions that look and purge', () => {
  const site = newSite();
  site.addDashboard();
  const [dashboard] = propertiesOf<{ DashboardBody: unknown }>(templateOf(site), 'AWS::CloudWatch::Dashboard');
  // The ARNs are known at deployment only.
  const parts = (dashboard?.DashboardBody as { 'Fn::Join': [string, (string | { 'Fn::GetAtt': [string, string] })[]] })[
    'Fn::Join'
  ][1];
  const body = parts.map((part) => (typeof part === 'string' ? part : part['Fn::GetAtt']?.join('.'))).join('');
  const { widgets } = JSON.parse(body) as { widgets: { type: string; properties: object }[] };
  const arnOf = (of: { node: { defaultChild?: unknown } }) =>
    `${Stack.of(site).getLogicalId(of.node.defaultChild as never)}.Arn`;

  expect(widgets.filter(({ type }) => type === 'custom')).toEqual([
    expect.objectContaining({
      properties: expect.objectContaining({
        title: 'Pages',
        endpoint: arnOf(site.inspector.handler),
        params: { purge: arnOf(site.purger.events.handler) },
      }) as object,
    }),
  ]);
});
