import { liveLine } from '../../local/live-line';

test('what a visitor asks for is shown, and is no command to the terminal', () => {
  const request = {
    cache: 'nginx-memcache-site; hit',
    status: 200,
    method: 'GET',
    target: '/a\x9b2J\x7f',
    seconds: 0.0012,
  };
  const line = liveLine({
    ...request,
    scheme: 'http',
    host: 'localhost',
    key: 'site:1',
    bytes: 1,
    time: '',
  });
  expect(line).toBe(String.raw`HIT                     200  GET   /a\u009b2J\u007f  1 ms  site:1`);
});
