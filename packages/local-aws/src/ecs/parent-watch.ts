/**
 * Preloaded into a task's process: kills it when its parent has exited, with all processes of its group, so that no task outlives the
 * local endpoint, even after a kill.
 */
const PERIOD_MS = 200;

const parent = process.ppid;
setInterval(() => {
  if (process.ppid === parent) return;
  try {
    process.kill(-process.pid, 'SIGKILL');
  } catch {
    // It leads no group.
    process.kill(process.pid, 'SIGKILL');
  }
}, PERIOD_MS).unref();
