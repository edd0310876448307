/**
 * Preloaded into a task's process: ends it when the process that started it is gone, so that no task outlives the local
 * endpoint, however that died. The task itself knows nothing of it.
 */
const PERIOD_MS = 200;

const parent = process.ppid;
setInterval(() => {
  if (process.ppid !== parent) process.kill(process.pid, 'SIGKILL');
}, PERIOD_MS).unref();
