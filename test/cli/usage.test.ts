import { version } from '../../package.json';
import { daybook, daybookHere } from './run-daybook';

const LOCAL = { AWS_ENDPOINT_URL: 'http://127.0.0.1:9' };

test.concurrent('the help has examples and the exit codes', async () => {
  const { code, stdout, stderr } = await daybookHere(['--help']);
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  expect(stdout).toMatch(
    /\$ daybook demo .*\$ daybook local .*Exit codes: 0 success, 1 failed, 2 wrong usage, 130/s,
  );
});

test.concurrent("the version is the package's", async () => {
  expect(await daybookHere(['--version'])).toEqual({ code: 0, stdout: `${version}\n`, stderr: '' });
});

test.concurrent.each([
  [['kpis', 'orders', '--from', '2025-02-30'], /'2025-02-30' is invalid\. Expected a day as YYYY-MM-DD/],
  [
    ['kpis', 'categories', '--from', '2025-03-02', '--to', '2025-03-01'],
    /--from 2025-03-02 is after --to 2025-03-01/,
  ],
  [['status', '--executions', '0'], /Expected a whole number from 1 to 1000/],
  [['uplaod', 'x.csv'], /unknown command 'uplaod'.*Did you mean upload/s],
  [[], /daybook demo/],
])('wrong usage %j prints the help, exit code 2', async (args, expected) => {
  const { code, stdout, stderr } = await daybookHere(args, LOCAL);
  expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
  expect(stderr).toMatch(expected);
  expect(stderr).toMatch(/Usage: daybook .*Examples?:/s);
});

test.concurrent.each([
  [
    'the endpoint cannot be reached',
    LOCAL,
    /^daybook: cannot connect to http:\/\/127\.0\.0\.1:9 .*start it with: daybook local$/,
  ],
  [
    'there is neither region nor endpoint',
    {},
    /^daybook: no AWS region: set AWS_REGION, or AWS_ENDPOINT_URL=http:\/\/127\.0\.0\.1:4566 for a local pipeline$/,
  ],
  [
    'there are no credentials',
    { AWS_REGION: 'eu-central-1' },
    /^daybook: no AWS credentials: set AWS_PROFILE, or AWS_ENDPOINT_URL=/,
  ],
  [
    'the endpoint is no URL',
    { AWS_ENDPOINT_URL: '4566' },
    /^daybook: AWS_ENDPOINT_URL: expected a URL such as http:\/\/127\.0\.0\.1:4566, got "4566"$/,
  ],
  [
    'no deployment can have the prefix',
    { ...LOCAL, DAYBOOK_PREFIX: 'My Shop' },
    /^daybook: DAYBOOK_PREFIX: .*lower-case letters/,
  ],
])('if %s, one line says what to do, exit code 1', async (_, environment, expected) => {
  const { code, stdout, stderr } = await daybook(['status'], environment as Record<string, string>);
  expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
  expect(stderr.trimEnd()).toMatch(expected);
  expect(stderr.trimEnd().split('\n')).toHaveLength(1);
});
