import { fetchFromAws } from '../../../lambda/adapters/fetch-from-aws';

const asked = jest.spyOn(globalThis, 'fetch').mockImplementation(() => Promise.resolve(new Response('ok')));
afterEach(() => asked.mockClear());

test.each([
  'https://cloudformation-custom-resource-response-useast1.s3.amazonaws.com/arn%3Aaws?X=1',
  'https://cloudformation-custom-resource-response-cnnorth1.s3.cn-north-1.amazonaws.com.cn/arn',
])('%s is asked, and followed nowhere else', async (url) => {
  await fetchFromAws()(url, { method: 'PUT', body: '{}' });
  expect(asked).toHaveBeenCalledWith(url, { method: 'PUT', body: '{}', redirect: 'error' });
});

test.each([
  'http://s3.amazonaws.com/x',
  'https://amazonaws.com.elsewhere.example/',
  'https://elsewhere.example/amazonaws.com',
  'https://s3.amazonaws.com@elsewhere.example/',
  'https://xamazonaws.com/',
  'http://169.254.169.254/latest/meta-data/',
  'file:///etc/passwd',
])('%s is not', async (url) => {
  await expect(fetchFromAws('http://127.0.0.1:80')(url)).rejects.toThrow("CloudFormation's ResponseURL must be of AWS");
  await expect(
    fetchFromAws()(new Request(url.startsWith('http') && !url.includes('@') ? url : 'http://x/')),
  ).rejects.toThrow();
  expect(asked).not.toHaveBeenCalled();
});

test('a stand-in is asked where there is one', async () => {
  await fetchFromAws('http://127.0.0.1:8000')('http://127.0.0.1:8000/answer');
  expect(asked).toHaveBeenCalled();
});
