import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Command } from 'commander';
import { catalog } from '../catalog/catalog';
import type { ServedMart } from '../domain/mart';
import { plural } from '../domain/plural';
import { connect, type Deployment, disconnect } from '../operations/deployment';
import { type FileOutcome, readFiles } from '../operations/executions/execution-files';
import { followUntilQuiet, type Step } from '../operations/executions/follow';
import { type Kpi, readKpis } from '../operations/kpis/kpis';
import { packagePath } from '../package-path';
import { contractsOption, definitionOptions, martsOption, withoutMartsOption } from './definition-options';
import { type DemoEvents, sendDemoEvents } from './demo-events';
import { CommandFailure, Interrupted } from './failure';
import { formatKpis } from './kpis';
import { formatWindows } from './live';
import type { LocalWarehouse } from './local-warehouse';
import { removeOwnTemplate, templateFor } from './own-template';
import { formatBytes, formatSeconds, formatTable, printable } from './table';
import { filesOf, type LocalFile, uploadFiles } from './upload';

interface DemoExecution {
  readonly name: string;
  readonly status: string;
  readonly cause: string | undefined;
  readonly steps: { readonly state: string; readonly seconds: number }[];
  readonly seconds: number;
}

/** The result that `--json` writes, with the KPI tables at the top level. */
interface DemoResult {
  readonly executions: DemoExecution[];
  readonly files: FileOutcome[];
  /** By KPI table. */
  readonly kpis: Readonly<Record<string, Kpi[]>>;
  /** Null without events. */
  readonly events: DemoEvents | null;
  /** Rows of the star schema, by table; null without --warehouse. */
  readonly warehouse: Readonly<Record<string, number>> | null;
  readonly seconds: number;
}

export function demoCommand(): Command {
  return new Command('demo')
    .description('run files through a temporary pipeline and print the KPIs')
    .argument(
      '[paths...]',
      'CSV files or directories, uploaded in order (default: the fixtures, and events of visitors)',
    )
    .addOption(contractsOption())
    .addOption(martsOption())
    .addOption(withoutMartsOption())
    .option('--warehouse', 'also load a star schema into PostgreSQL (PGlite), and print its rows')
    .option('--json <file>', 'write executions, files and KPIs to a file as JSON')
    .addHelpText('after', '\nExample:\n  $ daybook demo exports/2025-03 --json kpis.json')
    .action(async (paths: string[], options: { json?: string; warehouse?: boolean }) => {
      const files = await demoFiles(paths);
      const directory = await mkdtemp(path.join(tmpdir(), 'daybook-demo-'));
      try {
        const { result, refusals } = await runDemo(files, directory, interruption(), {
          sendsEvents: paths.length === 0,
          hasWarehouse: options.warehouse ?? false,
        });
        const { kpis, ...rest } = result;
        if (options.json) await writeFile(options.json, `${JSON.stringify({ ...rest, ...kpis }, null, 2)}\n`);
        const failed = result.executions.find(({ status }) => status !== 'SUCCEEDED');
        if (failed)
          throw new CommandFailure(`${failed.name} ${failed.status}: ${failed.cause ?? 'no cause given'}`);
        // Also if the task tolerated it: on AWS it might not.
        const [refusal] = refusals;
        if (refusal !== undefined) throw new CommandFailure(`a permission is missing. ${refusal}`);
      } finally {
        await removeOwnTemplate(directory);
        await rm(directory, { recursive: true, force: true });
      }
    });
}

/** The files of the given paths; by default the uploads of the fixtures in order, each in its own folder. */
async function demoFiles(paths: readonly string[]): Promise<LocalFile[]> {
  if (paths.length > 0) return filesOf(paths);
  const directory = packagePath('fixtures', 'days');
  const names = (await readdir(directory, { withFileTypes: true })).filter((entry) => entry.isDirectory());
  const files: LocalFile[] = [];
  for (const { name } of names.sort((a, b) => (a.name < b.name ? -1 : 1))) {
    files.push(...(await filesOf([path.join(directory, name)], name)));
  }
  return files;
}

/** Rejects on the first Ctrl-C, so that the pipeline is stopped and its directory deleted; a second one kills the process. */
function interruption(): Promise<never> {
  return new Promise((_, reject) => {
    for (const signal of ['SIGINT', 'SIGTERM'] as const) {
      process.once(signal, () => reject(new Interrupted(signal)));
    }
  });
}

/** @throws the rejection of `interrupted`, once the pipeline has stopped */
async function runDemo(
  files: readonly LocalFile[],
  directory: string,
  interrupted: Promise<never>,
  { sendsEvents, hasWarehouse }: { readonly sendsEvents: boolean; readonly hasWarehouse: boolean },
): Promise<{ result: DemoResult; refusals: readonly string[] }> {
  // It is awaited below, only after the pipeline has started.
  interrupted.catch(() => {});
  const started = Date.now();
  // Loaded here, so that the other commands start faster.
  const { startLocalPipeline } = await import('./local-pipeline');
  const definitions = definitionOptions(process.argv, process.env);
  const context: Record<string, string> = hasWarehouse ? { warehouse: 'server', rates: 'false' } : {};
  const templateDirectory = await templateFor(definitions, directory, context);
  let pglite: LocalWarehouse | undefined;
  const openWarehouse = async () => {
    const { startPglite } = await import('./local-warehouse');
    pglite = await startPglite(directory, 0);
    return pglite.url;
  };
  const local = await startLocalPipeline({
    dataDirectory: directory,
    every: 0,
    templateDirectory,
    ...(hasWarehouse && { openWarehouse }),
  }).catch(async (error) => {
    await pglite?.stop();
    throw error;
  });
  const environment = { ...process.env, AWS_ENDPOINT_URL: local.outputs.endpoint, AWS_PROFILE: undefined };
  const deployment = await connect({
    ...environment,
    AWS_ACCESS_KEY_ID: undefined,
    AWS_REGION: undefined,
    AWS_DEFAULT_REGION: undefined,
    DAYBOOK_PREFIX: undefined,
  });
  const uploadAndWatch = async (): Promise<DemoResult> => {
    say(`deployed   ${local.outputs.endpoint}  in ${formatSeconds(Date.now() - started)}`);
    const uploading = Date.now();
    await uploadFiles(deployment, files, () => {});
    const bytes = files.reduce((sum, file) => sum + file.bytes, 0);
    say(
      `uploaded   ${plural(files.length, 'file')}, ${formatBytes(bytes)}  in ${formatSeconds(Date.now() - uploading)}`,
    );

    const { eventsUrl: url, eventsKey: key } = local.outputs;
    const sending = Date.now();
    const events =
      sendsEvents && url !== null && key !== null
        ? await sendDemoEvents({ url, key }, deployment, directory)
        : null;
    if (events)
      say(
        `events     ${plural(events.totals.accepted, 'event')} sent  in ${formatSeconds(Date.now() - sending)}`,
      );

    const executions = await watch(deployment, () => local.tick());
    const outcomes = (await Promise.all(executions.map(({ name }) => readFiles(deployment, name)))).flat();
    return {
      executions,
      files: outcomes,
      events,
      warehouse: pglite ? await warehouseRows(pglite.url) : null,
      kpis: Object.fromEntries(
        await Promise.all(
          catalog.served.map(async (mart) => [mart.name, await readKpis(deployment, mart)] as const),
        ),
      ),
      seconds: (Date.now() - started) / 1000,
    };
  };
  try {
    const result = await Promise.race([uploadAndWatch(), interrupted]);
    printResult(result);
    return { result, refusals: local.iam.refusals() };
  } finally {
    disconnect(deployment);
    await local.stop();
    await pglite?.stop();
  }
}

/** Rows of the star schema, by table. */
async function warehouseRows(url: string): Promise<Record<string, number>> {
  const { connectWarehouse } = await import('../serving/warehouse/connection');
  const { starRows } = await import('../operations/warehouse/status');
  const warehouse = await connectWarehouse(url);
  try {
    return await starRows(warehouse);
  } finally {
    await warehouse.end();
  }
}

async function watch(deployment: Deployment, tick: () => Promise<unknown>): Promise<DemoExecution[]> {
  const executions: DemoExecution[] = [];
  let steps: Step[] = [];
  await tick();
  await followUntilQuiet(deployment, {
    started: (name) => {
      steps = [];
      say(`execution  ${name}`);
    },
    step: (step) => {
      steps.push(step);
      say(`  ${step.state.padEnd(22)} ${formatSeconds(millisOf(step)).padStart(7)}`);
    },
    ended: (execution) => {
      const millis = millisOf(execution);
      executions.push({
        name: execution.name,
        status: execution.status,
        cause: execution.cause,
        steps: steps.map((step) => ({ state: step.state, seconds: millisOf(step) / 1000 })),
        seconds: millis / 1000,
      });
      const summary = execution.report?.summary ?? execution.cause ?? '';
      say(`  ${execution.status} in ${formatSeconds(millis)}: ${printable(summary)}`);
    },
  });
  return executions;
}

function printResult({ files, kpis, events, warehouse, seconds }: DemoResult): void {
  say('\nfiles');
  const columns = [
    { heading: 'key', text: ({ key }: FileOutcome) => key },
    { heading: 'kind', text: ({ kind }: FileOutcome) => kind ?? '' },
    { heading: 'outcome', text: ({ outcome }: FileOutcome) => OUTCOMES[outcome] ?? outcome },
    { heading: 'rows', right: true, text: ({ rows }: FileOutcome) => String(rows ?? '') },
    {
      heading: 'bad',
      right: true,
      text: ({ bad_rows }: FileOutcome) => String(bad_rows ?? ''),
    },
    { heading: 'reason', text: ({ reason }: FileOutcome) => reason ?? '' },
  ];
  process.stdout.write(formatTable(columns, files));
  const shown = catalog.served.filter(({ command }) => command !== undefined);
  for (const mart of shown) {
    say(`\n${mart.dynamoDb.table}`);
    process.stdout.write(formatKpis(mart, kpis[mart.name] ?? []));
  }
  if (events) {
    const { lines, events: distinct, bots } = events.received;
    say(`\nevents: ${lines} received, ${distinct} of people, ${bots} of bots`);
    process.stdout.write(formatWindows(events.windows.slice(0, 1)));
  }
  if (warehouse) {
    say('\nwarehouse');
    const rows = [
      { heading: 'table', text: ([table]: [string, number]) => table },
      { heading: 'rows', right: true, text: ([, count]: [string, number]) => String(count) },
    ];
    process.stdout.write(formatTable(rows, Object.entries(warehouse)));
  }
  say(`\n${plural(files.length, 'file')} in ${seconds.toFixed(1)} s; DynamoDB serves`);
  const tables = [
    { heading: 'table', text: ({ dynamoDb }: ServedMart) => dynamoDb.table },
    {
      heading: 'items',
      right: true,
      text: ({ name }: ServedMart) => String(kpis[name]?.length ?? 0),
    },
    { heading: 'one row', text: ({ grain, description }: ServedMart) => grain ?? description },
  ];
  process.stdout.write(formatTable(tables, catalog.served));
}

/** The outcome of a file, by the result of its validation. */
const OUTCOMES: Readonly<Partial<Record<FileOutcome['outcome'], string>>> = {
  valid: 'archived',
  invalid: 'rejected',
  duplicate: 'archived unread',
};

function millisOf({ started, ended }: { started: Date | undefined; ended: Date | undefined }): number {
  return started && ended ? ended.getTime() - started.getTime() : 0;
}

function say(line: string): void {
  process.stdout.write(`${line}\n`);
}
