import { fork } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { LakeQueryError } from '../../../../operations/lake/query/query-error';
import { QueryProcess } from '../../../../operations/lake/query/query-process';
import { residentBytes } from '../../../../operations/lake/query/resident-bytes';
import { packagePath } from '../../../../package-path';

const isLinux = process.platform === 'linux';
let directory: string;
beforeEach(() => {
  directory = mkdtempSync(path.join(tmpdir(), 'query-process-'));
});
afterEach(() => rmSync(directory, { recursive: true, force: true }));

const plan = { type: 'plan', sql: 'select 1', specs: [] } as const;

(isLinux ? test : test.skip)('has no credentials, and is the first that Linux ends', async () => {
  process.env.AWS_SECRET_ACCESS_KEY = 'not for queries';
  const child = new QueryProcess(path.join(directory, 'one'));
  try {
    await child.ask(plan, () => true);
    const read = (name: string) => readFileSync(`/proc/${child.pid}/${name}`, 'utf8');
    const names = read('environ')
      .split('\0')
      .map((entry) => entry.split('=')[0]);
    expect(names).toContain('PATH');
    expect(names.filter((name) => /AWS|DAYBOOK/.test(name ?? ''))).toEqual([]);
    expect(read('oom_score_adj').trim()).toBe('1000');
  } finally {
    delete process.env.AWS_SECRET_ACCESS_KEY;
    await child.close();
  }
});

test('a stopped process fails what waits and what is asked later, with the reason; close removes its directory', async () => {
  const own = path.join(directory, 'one');
  const child = new QueryProcess(own);
  await child.ask(plan, () => true);
  const pid = child.pid as number;
  expect(await residentBytes(pid)).toBeGreaterThan(10_000_000);
  const waiting = child.ask({ type: 'plan', sql: 'select 2', specs: [] }, () => false);
  const reason = new LakeQueryError('cancelled', 'no longer needed');
  child.stop(reason);
  await expect(waiting).rejects.toBe(reason);
  await expect(child.ask(plan, () => true)).rejects.toBe(reason);
  await child.close();
  expect(existsSync(own)).toBe(false);
  expect(await residentBytes(pid)).toBeUndefined();
});

test('ends with its parent', async () => {
  const child = fork(packagePath('dist', 'local', 'query.cjs'), [directory], { stdio: 'ignore' });
  child.send({ type: 'plan', sql: 'select 1', specs: [] });
  await once(child, 'message');
  child.disconnect();
  const [, signal] = await once(child, 'exit');
  expect(signal).toBe('SIGKILL');
});
