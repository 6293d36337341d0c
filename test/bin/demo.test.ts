import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const ROOT = join(__dirname, '..', '..');

test('cdk synth makes the demo from a clone, offline, without a warning or a finding', () => {
  const output = mkdtempSync(join(tmpdir(), 'demo-synth-'));
  try {
    const cdk = join(ROOT, 'node_modules', 'aws-cdk', 'bin', 'cdk');
    const { status, stdout, stderr } = spawnSync(
      process.execPath,
      [cdk, 'synth', '--quiet', '--no-notices', '--output', output],
      {
        cwd: ROOT,
        encoding: 'utf8',
        // Which Node is supported for how long is said by the tools, not about the template.
        env: {
          ...process.env,
          CI: 'true',
          JSII_SILENCE_WARNING_END_OF_LIFE_NODE_VERSION: '1',
          npm_config_loglevel: 'error',
        },
      },
    );
    expect({ status, said: stdout + stderr }).toEqual({ status: 0, said: '' });
    expect(readdirSync(output)).toContain('NginxMemcacheSiteDemo.template.json');
  } finally {
    rmSync(output, { recursive: true, force: true });
  }
});
