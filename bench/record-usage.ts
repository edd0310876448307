/**
 * Preloaded into a task's process: on exit, writes its resource usage. A process that is killed writes nothing.
 */
import { writeFileSync } from 'node:fs';
import path from 'node:path';

const directory = process.env.DAYBOOK_BENCH_USAGE;

process.once('exit', (code) => {
  if (!directory || code !== 0) return;
  const { maxRSS, userCPUTime, systemCPUTime } = process.resourceUsage();
  const usage = {
    execution_id: process.env.EXECUTION_ID ?? '',
    task: path.basename(process.argv[1] ?? '', '.cjs'),
    // maxRSS is in units of 1,024 bytes, times are in microseconds.
    peak_rss_bytes: maxRSS * 1024,
    cpu_seconds: (userCPUTime + systemCPUTime) / 1e6,
    seconds: process.uptime(),
  };
  writeFileSync(path.join(directory, `${usage.execution_id}-${process.pid}.json`), JSON.stringify(usage));
});
