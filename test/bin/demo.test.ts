import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import recommended from 'aws-cdk-lib/recommended-feature-flags.json';
import { context } from '../../cdk.json';

const root = join(__dirname, '..', '..');

describe('the demo that cdk deploy deploys', () => {
  const output = mkdtempSync(join(tmpdir(), 'nginx-memcache-site-demo-'));
  afterAll(() => rmSync(output, { recursive: true, force: true }));

  test('is synthesized without a warning or finding', () => {
    const cdk = join(root, 'node_modules', 'aws-cdk', 'bin', 'cdk');
    const options = ['--strict', '--quiet', '--no-notices', '--output', output];

    const { status, stdout, stderr } = spawnSync(process.execPath, [cdk, 'synth', ...options], {
      cwd: root,
      encoding: 'utf8',
    });

    expect({ status, output: status === 0 ? '' : stdout + stderr }).toEqual({ status: 0, output: '' });
    const report: unknown = JSON.parse(readFileSync(join(output, 'validation-report.json'), 'utf8'));
    expect(report).toMatchObject({ pluginReports: [] });
  });

  test('has every feature flag that aws-cdk-lib recommends, and validates against the default rules', () => {
    expect(Object.keys(context)).toEqual(expect.arrayContaining(Object.keys(recommended)));
    expect(context['@aws-cdk/core:validateAgainstDefaultRules']).toBe(true);
  });
});
