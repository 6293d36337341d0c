import { parseWrkOutput } from '../../../bench/page-caches/wrk-output';

// What wrk 4.1.0 printed: all well, only errors, connections cut, nothing answered in time.
const WELL = `Running 1s test @ http://127.0.0.1:18081/
  1 threads and 8 connections
  Thread Stats   Avg      Stdev     Max   +/- Stdev
    Latency     4.15ms   15.84ms 112.75ms   94.88%
    Req/Sec    36.11k    22.27k   71.77k    70.00%
  Latency Distribution
     50%   91.00us
     75%  433.00us
     90%    4.33ms
     99%   94.72ms
  35980 requests in 1.03s, 5.11MB read
Requests/sec:  34944.83
Transfer/sec:      4.97MB
`;
const UNAVAILABLE = `Running 1s test @ http://127.0.0.1:18081/bad
  1 threads and 8 connections
  Thread Stats   Avg      Stdev     Max   +/- Stdev
    Latency     1.71ms    5.18ms  49.25ms   93.72%
    Req/Sec    37.76k    17.64k   69.66k    70.00%
  Latency Distribution
     50%   91.00us
     75%  521.00us
     90%    3.52ms
     99%   30.36ms
  37830 requests in 1.01s, 13.49MB read
  Non-2xx or 3xx responses: 37830
Requests/sec:  37276.30
Transfer/sec:     13.30MB
`;
const CUT = `Running 1s test @ http://127.0.0.1:18081/cut
  1 threads and 2 connections
  Thread Stats   Avg      Stdev     Max   +/- Stdev
    Latency     0.00us    0.00us   0.00us    -nan%
    Req/Sec     0.00      0.00     0.00      -nan%
  Latency Distribution
     50%    0.00us
     75%    0.00us
     90%    0.00us
     99%    0.00us
  0 requests in 1.02s, 0.00B read
  Socket errors: connect 0, read 7439, write 0, timeout 0
Requests/sec:      0.00
Transfer/sec:       0.00B
`;

test('reads rate and percentiles, in microseconds', () => {
  expect(parseWrkOutput(WELL)).toEqual({
    requests: 35980,
    requestsPerSecond: 34944.83,
    p50: 91,
    p99: 94_720,
    errors: 0,
  });
});

test('counts answers with an error', () => {
  expect(parseWrkOutput(UNAVAILABLE)).toMatchObject({ requests: 37830, errors: 37830 });
});

test('counts connections that failed', () => {
  expect(parseWrkOutput(CUT)).toMatchObject({ requests: 0, p99: 0, errors: 7439 });
});

test('knows seconds and minutes', () => {
  const slow = WELL.replace('91.00us', '1.50s').replace('94.72ms', '1.20m');
  expect(parseWrkOutput(slow)).toMatchObject({ p50: 1_500_000, p99: 72_000_000 });
});

test('fails for what is not such an output', () => {
  expect(() => parseWrkOutput('unable to connect to 127.0.0.1:1 Connection refused\n')).toThrow('wrk did not say');
});
