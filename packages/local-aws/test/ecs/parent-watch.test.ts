import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { directoryOf, isAlive, remove, until } from '../../src/testing/files';
import { buildChild } from '../built';

test('a task ends when its endpoint is killed', async () => {
  const directory = directoryOf({
    'task.cjs': 'setInterval(() => {}, 1000)',
    'endpoint.cjs': `
      const task = require('node:child_process').spawn(
        process.execPath, ['--require', process.argv[2], __dirname + '/task.cjs'], { detached: true, stdio: 'ignore' });
      require('node:fs').writeFileSync(__dirname + '/pid', String(task.pid));
      setInterval(() => {}, 1000);`,
    pid: '',
  });
  try {
    const watch = buildChild('ecs/parent-watch.ts', directory);
    const endpoint = spawn(process.execPath, [path.join(directory, 'endpoint.cjs'), watch], {
      stdio: 'ignore',
    });
    const pid = () => Number(readFileSync(path.join(directory, 'pid'), 'utf8'));
    await until(() => pid() > 0);
    const task = pid();
    await new Promise((resolve) => setTimeout(resolve, 500));
    expect(isRunning(task)).toBe(true);
    endpoint.kill('SIGKILL');
    await until(() => !isRunning(task), 5);
  } finally {
    remove(directory);
  }
});

/** An orphaned dead process remains in the process table as a zombie for a while. */
function isRunning(pid: number): boolean {
  if (!isAlive(pid)) return false;
  try {
    return !/\) [ZX] /.test(readFileSync(`/proc/${pid}/stat`, 'utf8'));
  } catch {
    return process.platform !== 'linux';
  }
}
