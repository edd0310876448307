import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { build } from 'esbuild';

/** Starts killed-process.ts as a child process. The bundle is passed on standard input, so that packages resolve from here. */
export async function startProcess(home: string) {
  const bundle = await build({
    entryPoints: [join(__dirname, 'killed-process.ts')],
    bundle: true,
    write: false,
    platform: 'node',
    target: 'node20',
    format: 'cjs',
    external: ['dynalite'],
    logLevel: 'error',
  });
  const child = spawn(process.execPath, ['-'], {
    env: { ...process.env, KILLED_PROCESS_HOME: home },
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  child.stdin.end(bundle.outputFiles[0]?.text);
  const [line] = await Promise.race([
    once(child.stdout, 'data'),
    once(child, 'exit').then(([code]) => Promise.reject(new Error(`the process ended with ${code}`))),
  ]);
  return { child, url: String(line).trim() };
}
