import { type LocalFunction, startFunction } from '../../local/local-function';

let started: LocalFunction | undefined;
afterEach(() => started?.stop());

test('a function that cannot start fails every call with the reason', async () => {
  started = await startFunction('purge', {});
  for (let call = 1; call <= 2; call += 1) {
    await expect(started.invoke({})).rejects.toMatchObject({
      name: 'FunctionError',
      errorType: 'EnvironmentError',
      errorMessage: expect.stringContaining('NMS_TABLE: must be a table') as string,
    });
  }
});

test('a function that was stopped fails instead of keeping its caller waiting', async () => {
  started = await startFunction('purge', {});
  await started.stop();
  await expect(started.invoke({})).rejects.toMatchObject({ name: 'FunctionError' });
});
