import { spawn } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { build } from 'esbuild';
import { directoryOf, remove, until } from '../../src/testing/files';
import { buildChild } from '../built';
import { openConsumer } from './killed-consumer';

const KILLS = 3;

/** Runs killed-consumer.ts until it has acknowledged `count` texts, then kills it. @returns the texts */
async function runAndKill(bundle: string, home: string, runtime: string, count: number): Promise<string[]> {
  const child = spawn(process.execPath, ['-'], {
    env: { ...process.env, KILLED_CONSUMER_HOME: home, KILLED_CONSUMER_RUNTIME: runtime },
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const ended = once(child, 'exit');
  child.stdin.end(bundle);
  const texts: string[] = [];
  for await (const line of createInterface({ input: child.stdout })) {
    texts.push(line);
    if (texts.length === count) child.kill('SIGKILL');
  }
  await ended;
  return texts;
}

test('every acknowledged message and record is processed, however often the endpoint is killed', async () => {
  const home = directoryOf();
  const scripts = directoryOf();
  const runtime = buildChild('lambda/runtime.ts', scripts);
  const built = await build({
    entryPoints: [path.join(__dirname, 'killed-consumer.ts')],
    bundle: true,
    write: false,
    platform: 'node',
    format: 'cjs',
    external: ['dynalite', 'esbuild'],
    logLevel: 'error',
  });
  const acknowledged: string[] = [];
  for (let kill = 1; kill <= KILLS; kill++) {
    const bundle = built.outputFiles[0]?.text ?? '';
    acknowledged.push(...(await runAndKill(bundle, home, runtime, 150 + 20 * kill)));
  }

  const open = await openConsumer(home);
  try {
    await until(() => !open.mappings.isBusy);
    // Messages of batches that a kill interrupted.
    open.advance(61);
    await until(() => open.sqs.bodies('events').length === 0 && !open.mappings.isBusy);
    const processed = new Set(
      open
        .invocations()
        .flatMap(({ event }) =>
          (event.Records as { body?: string; kinesis?: { data: string } }[]).map(
            ({ body, kinesis }) => body ?? Buffer.from(kinesis?.data ?? '', 'base64').toString(),
          ),
        ),
    );
    const expected = acknowledged.flatMap((text) => [`sqs-${text}`, `kinesis-${text}`]);
    expect(expected.filter((text) => !processed.has(text))).toEqual([]);
    expect(expected.length).toBeGreaterThan(2 * KILLS * 150);
  } finally {
    await open.close();
    remove(scripts);
  }
}, 60_000);
