import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { METRIC_UNITS } from '../../lib/site/metrics';
import { MonitoredSite } from '../../lib/site-monitoring';
import { tableRows } from './table-rows';

const document = readFileSync(join(__dirname, '..', '..', 'docs', 'monitoring.md'), 'utf8');
const [, metrics = ''] = document.split('\n## ');
const rows = tableRows(metrics, 'metric');

test('every metric is in the table, with its unit and a method that there is', () => {
  expect(rows.map(([name, , unit]) => [name, unit])).toEqual(
    Object.entries(METRIC_UNITS).map(([name, unit]) => [`\`${name}\``, unit.toLowerCase()]),
  );
  for (const [, method = ''] of rows) {
    expect(Object.getOwnPropertyNames(MonitoredSite.prototype)).toContain(method.replace(/[`()]/g, ''));
  }
});
