import { App, Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { context } from '../../cdk.json';
import { NginxMemcacheSite, type NginxMemcacheSiteProps, Origin } from '../../lib/index';

const directory = mkdtempSync(join(tmpdir(), 'nginx-memcache-site-lib-test-'));
afterAll(() => rmSync(directory, { recursive: true, force: true }));

/** An app with the feature flags that `cdk deploy` has here; its output goes when the test file has ended. */
export function newApp(more: Readonly<Record<string, unknown>> = {}): App {
  return new App({ context: { ...context, ...more }, outdir: mkdtempSync(join(directory, 'cdk.out')) });
}

/** A stack in an app of its own. */
export function newStack(): Stack {
  return new Stack(newApp(), 'Shop');
}

/** A site with nothing but an origin, and with what a test gives besides. */
export function newSite(
  props: Partial<NginxMemcacheSiteProps> = {},
  stack = newStack(),
  id = 'Site',
): NginxMemcacheSite {
  return new NginxMemcacheSite(stack, id, { origin: Origin.http('https://app.example.com'), ...props });
}

/** The template of the stack that a site is in. */
export function templateOf(site: NginxMemcacheSite): Template {
  return Template.fromStack(Stack.of(site));
}

/** The template of a site with these props. */
export function siteTemplate(props: Partial<NginxMemcacheSiteProps> = {}): Template {
  return templateOf(newSite(props));
}

/** The properties of every resource of a type, of which a test knows the shape. */
export function propertiesOf<Shape>(template: Template, type: string): Shape[] {
  return Object.values(template.findResources(type)).map(({ Properties }) => Properties as Shape);
}

/** The site's document in each asset that has one, by the asset's directory. */
export function siteDocuments(site: NginxMemcacheSite): Record<string, unknown> {
  const output = (site.node.root as App).synth().directory;
  const found = readdirSync(output)
    .map((name) => [name, join(output, name, 'site.json')] as const)
    .filter(([, path]) => existsSync(path));
  return Object.fromEntries(found.map(([name, path]) => [name, JSON.parse(readFileSync(path, 'utf8'))]));
}

interface TaskDefinition {
  readonly ContainerDefinitions: { Name: string; Environment: { Name: string; Value: unknown }[] }[];
}

/** The environment of each of a task's containers, by the container's name. */
export function environments(template: Template): Record<string, Record<string, unknown>> {
  const containers = propertiesOf<TaskDefinition>(template, 'AWS::ECS::TaskDefinition').flatMap(
    ({ ContainerDefinitions }) => ContainerDefinitions,
  );
  return Object.fromEntries(
    containers.map(({ Name, Environment }) => [
      Name,
      Object.fromEntries(Environment.map((variable) => [variable.Name, variable.Value])),
    ]),
  );
}
