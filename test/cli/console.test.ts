import { spawn } from 'node:child_process';
import { statSync } from 'node:fs';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { packagePath } from '../../package-path';
import { LocalPipeline } from '../e2e/local-pipeline';
import { daybook } from './run-daybook';

let pipeline: LocalPipeline;
beforeAll(async () => {
  pipeline = await LocalPipeline.start({ every: 0, console: true });
});
afterAll(() => pipeline.stop());

/** What the console at the address says of itself, asked with the address's token. */
async function about(url: string): Promise<unknown> {
  const { origin, hash } = new URL(url);
  const Authorization = `Bearer ${new URLSearchParams(hash.slice(1)).get('token')}`;
  return (await fetch(`${origin}/api/about`, { headers: { Authorization } })).json();
}

test('open prints the address of the local console, from a file that only this user can read', async () => {
  const { code, stdout } = await daybook(['open', '--data', pipeline.directory, '--print']);
  expect({ code, stdout }).toEqual({ code: 0, stdout: `${pipeline.ready.console}\n` });
  expect(statSync(path.join(pipeline.directory, 'console-url')).mode & 0o777).toBe(0o600);
});

test('open says how to start a pipeline if none is running', async () => {
  const { code, stderr } = await daybook(['open', '--data', path.join(pipeline.directory, 'none')]);
  expect(code).toBe(1);
  expect(stderr).toContain('start it with: daybook local');
});

test('console serves the deployment of the environment with a new token, until SIGINT', async () => {
  const child = spawn(
    process.execPath,
    [packagePath('bin', 'daybook.cjs'), 'console', '--port', '0', '--region', 'us-east-1', '--json'],
    {
      stdio: ['ignore', 'pipe', 'inherit'],
      env: { ...process.env, AWS_ENDPOINT_URL: pipeline.ready.endpoint },
    },
  );
  const exited = new Promise((resolve) => child.once('exit', resolve));
  const line = await new Promise<string>((resolve) =>
    createInterface({ input: child.stdout }).once('line', resolve),
  );
  const { console: url }: { console: string } = JSON.parse(line);
  expect(url).not.toBe(pipeline.ready.console);
  expect(await about(url)).toMatchObject({ bucket: pipeline.ready.bucket, isLocal: true });
  expect(await about(url.replace(/token=.*/, 'token=guessed'))).toEqual({
    error: 'the token is missing or invalid',
  });
  child.kill('SIGINT');
  expect(await exited).toBe(0);
});

test('reports a port that is in use, with a remedy', async () => {
  const { port } = new URL(pipeline.ready.endpoint);
  const { code, stderr } = await daybook(['console', '--port', port], {
    AWS_ENDPOINT_URL: pipeline.ready.endpoint,
  });
  expect(code).toBe(1);
  expect(stderr).toContain(`127.0.0.1:${port}`);
});
