import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { ListExecutionsCommand, SFNClient } from '@aws-sdk/client-sfn';
import { directoryOf, remove } from 'local-aws/testing';
import type { LocalOutputs } from '../../cli/local-pipeline';
import { packagePath } from '../../package-path';

/** The command as users start it, with the project's own template: this needs a build. */
interface Running {
  readonly process: ChildProcess;
  readonly outputs: LocalOutputs;
  /** Every line of standard output. */
  readonly lines: string[];
  readonly s3: S3Client;
  readonly sfn: SFNClient;
}

let data: string;
let running: Running | undefined;

beforeEach(() => {
  data = directoryOf();
});
afterEach(async () => {
  await end('SIGKILL');
  remove(data);
});

async function start(): Promise<Running> {
  const args = [packagePath('bin', 'daybook.cjs'), 'local', '--port', '0', '--data', data];
  const child = spawn(process.execPath, [...args, '--every', '1', '--ready-json'], {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const lines: string[] = [];
  let errors = '';
  child.stderr?.on('data', (chunk) => {
    errors += chunk;
  });
  const reader = createInterface({ input: child.stdout });
  const ready = new Promise<LocalOutputs>((resolve, reject) => {
    reader.on('line', (line) => {
      lines.push(line);
      resolve(JSON.parse(line));
    });
    child.once('exit', (code) => reject(new Error(`exit code ${code}: ${errors}`)));
  });
  const outputs = await ready;
  const config = {
    endpoint: outputs.endpoint,
    region: 'us-east-1',
    credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
  };
  running = { process: child, outputs, lines, s3: new S3Client(config), sfn: new SFNClient(config) };
  return running;
}

async function end(signal: NodeJS.Signals): Promise<number | null> {
  const ending = running;
  if (!ending) return null;
  running = undefined;
  ending.s3.destroy();
  ending.sfn.destroy();
  const exited = once(ending.process, 'exit');
  if (ending.process.exitCode === null) ending.process.kill(signal);
  const [code] = await exited;
  return code;
}

async function runningExecutions({ sfn, outputs }: Running): Promise<number> {
  const { stateMachineArn } = outputs;
  const listed = await sfn.send(new ListExecutionsCommand({ stateMachineArn, statusFilter: 'RUNNING' }));
  return listed.executions?.length ?? 0;
}

async function until<T>(look: () => Promise<T | undefined | false>): Promise<T> {
  for (const deadline = Date.now() + 20_000; Date.now() < deadline; ) {
    const found = await look();
    if (found) return found;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error(`not within 20 s: ${look}`);
}

/** The processes that a process has started, by the system's own account. */
function processesOf(parent: number): number[] {
  const children = readFileSync(`/proc/${parent}/task/${parent}/children`, 'utf8');
  return children.trim().split(' ').filter(Boolean).map(Number);
}

const isRunning = (pid: number): boolean => {
  try {
    return !/\) [ZX] /.test(readFileSync(`/proc/${pid}/stat`, 'utf8'));
  } catch {
    return false;
  }
};

async function uploadOrders({ s3, outputs }: Running): Promise<void> {
  const Body = readFileSync(packagePath('fixtures', 'days', '01-first-drop', 'orders_eu.csv'));
  await s3.send(new PutObjectCommand({ Bucket: outputs.bucket, Key: 'input/orders.csv', Body }));
}

test('prints one line of JSON once it is ready, and ends cleanly at SIGINT', async () => {
  const local = await start();
  expect(Object.keys(local.outputs)).toEqual([
    'endpoint',
    'bucket',
    'queueUrl',
    'deadLetterQueueUrl',
    'stateMachineArn',
    'categoryTable',
    'customerValueTable',
    'inventoryStatusTable',
    'orderTable',
    'productSalesTable',
    'funnelTable',
    'trafficTable',
    'eventsUrl',
    'eventsKey',
    'eventQueueUrl',
    'eventStream',
    'warehouse',
    'console',
  ]);
  expect(local.outputs).toMatchObject({
    orderTable: 'OrderKPIs',
    warehouse: null,
    console: expect.stringMatching(/^http:\/\/127\.0\.0\.1:\d+\/#token=[\w-]{32}$/),
  });
  expect(await end('SIGINT')).toBe(0);
  expect(local.lines).toHaveLength(1);
});

test('says what is wrong with its options, and with a directory in use', async () => {
  await start();
  const run = async (...args: string[]) => {
    const child = spawn(process.execPath, [packagePath('bin', 'daybook.cjs'), 'local', ...args]);
    let errors = '';
    child.stderr.on('data', (chunk) => {
      errors += chunk;
    });
    const [code] = await once(child, 'close');
    return `${code} ${errors}`;
  };
  expect(await run('--port', 'x')).toMatch(/^2 .*Expected a whole number from 0 to 65535/s);
  expect(await run('--port', '0', '--data', data)).toMatch(/^1 .*is in use by process/s);
});

const onLinux = process.platform === 'linux' ? test : test.skip;

onLinux('killed with -9 in the middle of a task, it leaves no process', async () => {
  const local = await start();
  await uploadOrders(local);
  await until(async () => (await runningExecutions(local)) > 0);
  // The orchestrator's process, and the task's.
  const pids = await until(async () => {
    const found = processesOf(local.process.pid ?? 0);
    return found.length >= 2 && found;
  });
  await end('SIGKILL');
  await until(async () => !pids.some(isRunning));
});
