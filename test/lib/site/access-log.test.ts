import { hitLog, logs } from '../../../lib/site/nginx/access-log';
import type { NginxDeployment } from '../../../lib/site/nginx/deployment';

const deployment = (percents: Partial<NginxDeployment>) =>
  ({ accessLog: '/dev/stdout', errorLog: 'stderr', ...percents }) as NginxDeployment;

test('without a word everything is logged', () => {
  expect(logs(deployment({}))).toBe('access_log /dev/stdout site;\nerror_log stderr warn;\n');
  expect(hitLog(deployment({}))).toBe('access_log /dev/stdout site;\n');
});

test('a part is drawn by lot, and of hits and others apart', () => {
  const some = deployment({ loggedHits: 0.25, loggedOthers: 10 });

  expect(logs(some)).toMatch(/\$hit_is_logged \{\n {2}0\.25% 1;\n {2}\* "";\n\}/);
  expect(logs(some)).toMatch(/\$other_is_logged \{\n {2}10% 1;\n/);
  expect(logs(some)).toContain('access_log /dev/stdout site if=$other_is_logged;');
  expect(hitLog(some)).toBe('access_log /dev/stdout site if=$hit_is_logged;\n');
});

test('nothing is nothing', () => {
  expect(hitLog(deployment({ loggedHits: 0 }))).toBe('access_log off;\n');
  expect(logs(deployment({ loggedOthers: 0 }))).toContain('access_log off;');
});
