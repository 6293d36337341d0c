import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { inspectorAddress, liveHeapOf } from '../../../bench/memory/live-heap';

const MIB = 1024 * 1024;

/** What a Node process is found to keep that runs a program. */
async function kept(program: string): Promise<number> {
  const node = spawn(process.execPath, ['--inspect=127.0.0.1:0', '-e', `${program}; setInterval(() => 0, 1000)`], {
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  try {
    let words = '';
    for await (const text of node.stderr.setEncoding('utf8') as AsyncIterable<string>) {
      words += text;
      const address = inspectorAddress(words);
      if (address !== undefined) return await liveHeapOf(address);
    }
    throw new Error(words);
  } finally {
    node.kill('SIGKILL');
    if (node.exitCode === null && node.signalCode === null) await once(node, 'exit');
  }
}

test('what a process keeps is counted, objects and buffers, and what it has dropped is not', async () => {
  const nothing = await kept('');
  const buffers = await kept('globalThis.kept = Array.from({ length: 100 }, () => Buffer.alloc(204800, 1))');
  const objects = await kept('globalThis.kept = Array.from({ length: 100000 }, (_, i) => ({ i, text: "x" + i }))');
  const garbage = await kept('for (let i = 0; i < 100; i += 1) Buffer.alloc(204800, 1)');
  expect(buffers - nothing).toBeGreaterThan(19 * MIB);
  expect(buffers - nothing).toBeLessThan(22 * MIB);
  expect(objects - nothing).toBeGreaterThan(4 * MIB);
  expect(Math.abs(garbage - nothing)).toBeLessThan(2 * MIB);
});

test('the address is in what Node says, among other lines', () => {
  const said = 'x\nDebugger listening on ws://127.0.0.1:9/a-b\nFor help, see: https://nodejs.org/en/docs/inspector\n';
  expect(inspectorAddress(said)).toBe('ws://127.0.0.1:9/a-b');
  expect(inspectorAddress('listening on ws://127.0.0.1:9/a-b')).toBeUndefined();
});
