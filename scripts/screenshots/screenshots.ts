import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import type { Page } from 'playwright-core';
import { sessionLink } from '../../console/app/sessions/session-link';
import { DAY_MS } from '../../domain/time';
import { connect, type Deployment, disconnect } from '../../operations/deployment';
import { listExecutions } from '../../operations/executions/executions';
import { queryLake } from '../../operations/lake/query/query';
import { withLake } from '../../operations/lake/session';
import { packagePath } from '../../package-path';
import { ConsoleInBrowser, scrollsSideways, seriousFindings } from '../../test/console/console-page';
import { until } from '../../test/e2e/local-pipeline';

const HELP = `Usage: npm run screenshots -- [--out <dir>] [--only <pages>] [--time]

Runs a pipeline on half a year of a made-up shop, with files that are rejected and visitors that send events, and takes a
picture of every page of the console: <page>-<light|dark>-<1280|390>.png. Says what axe finds, and which page scrolls
sideways; exits with 1 where there is any.

  --out <dir>     where to (default: dist/screenshots/png)
  --only <pages>  only these pages, such as live,mart
  --time          instead of pictures, prints how long each page takes until all of it is there, in an open browser without
                  a cache: the median and the longest of five, while visitors send events and executions load them, and then
                  without either
`;

/** A page of the console, and what to wait for before the screenshot. */
interface Shot {
  readonly name: string;
  readonly path: string;
  readonly prepare: (page: Page) => Promise<unknown>;
}

/** Waits until everything is loaded and all charts are drawn, which they are when one scrolls to them. */
async function settled(page: Page): Promise<void> {
  await loaded(page);
  for (const chart of await page.locator('main .chart').all()) await chart.scrollIntoViewIfNeeded();
  await page.evaluate('scrollTo(0, 0)');
  await page.waitForTimeout(500);
}

/** Waits until nothing is being loaded; asked from outside, as the page's policy refuses to evaluate scripts in it. */
async function loaded(page: Page): Promise<void> {
  const asked = `document.querySelector('main h1') !== null && document.querySelectorAll('main .spinner').length === 0
    && [...document.querySelectorAll('main .chart-canvas:empty')].every((chart) => chart.getBoundingClientRect().top > innerHeight)`;
  for (const deadline = Date.now() + 60_000; !(await page.evaluate(asked)); await sleep(10))
    if (Date.now() > deadline) throw new Error(`${page.url()} is still loading after a minute`);
}

const QUERY = `select department, count(*) as items, sum(sale_price) as revenue,
  round(100.0 * count(*) filter (i.status = 'returned') / count(*), 2) as return_rate
from order_items i join products p on p.id = i.product_id
group by all order by revenue desc`;

async function ask(page: Page): Promise<void> {
  await page.getByRole('textbox').fill(QUERY);
  await page.getByRole('button', { name: 'Run' }).click();
  await page.getByRole('table', { name: 'Result' }).waitFor({ timeout: 60_000 });
  await settled(page);
}

function shotsOf(execution: string, rejectedKey: string, session: string): Shot[] {
  const pages: readonly (readonly [name: string, path: string, prepare?: Shot['prepare']])[] = [
    ['home', '/'],
    ['live', '/live'],
    ['kpis', '/kpis'],
    ['customers', '/customers'],
    ['products', '/products'],
    ['inventory', '/inventory'],
    ['traffic', '/traffic'],
    ['funnel', '/funnel'],
    ['sessions', '/sessions'],
    ['session', `/sessions${session}`],
    ['marts', '/marts'],
    ['mart', '/marts/category_kpis'],
    ['lake', '/lake'],
    ['query', '/lake/query', ask],
    ['lineage', '/lineage?table=staging/orders&order_id=1'],
    ['files', '/files'],
    ['file', `/files?key=${encodeURIComponent(rejectedKey)}`],
    ['executions', '/executions'],
    ['execution', `/executions/${execution}`],
    ['contracts', '/contracts'],
    ['contract', '/contracts/orders'],
    ['health', '/health'],
  ];
  return pages.map(([name, address, prepare = settled]) => ({ name, path: address, prepare }));
}

async function main(): Promise<number> {
  const { values: options } = parseArgs({
    options: {
      out: { type: 'string', default: packagePath('dist', 'screenshots', 'png') },
      only: { type: 'string' },
      time: { type: 'boolean', default: false },
      help: { type: 'boolean' },
    },
  });
  if (options.help) {
    process.stdout.write(HELP);
    return 0;
  }
  mkdirSync(options.out, { recursive: true });
  const shop = mkdtempSync(path.join(tmpdir(), 'daybook-screenshots-'));
  const inBrowser = await ConsoleInBrowser.start({ every: EVERY_SECONDS });
  let visitors: ChildProcess | undefined;
  try {
    await fill(inBrowser, shop);
    visitors = sendEvents(inBrowser);
    await until(async () => (await sessionsOf(inBrowser)) > 50, 180_000);
    const deployment = await connect({ AWS_ENDPOINT_URL: inBrowser.pipeline.ready.endpoint });
    const [newest] = await listExecutions(deployment, 1);
    const session = await longestSession(deployment);
    disconnect(deployment);
    const findings: string[] = [];
    const shots = shotsOf(newest?.name ?? '', 'input/march/orders_no_user.csv', session);
    const only = options.only?.split(',');
    const wanted = shots.filter(({ name }) => only?.includes(name) ?? true);
    if (options.time) {
      await printTimes(inBrowser, wanted, 'with events and executions');
      visitors.kill();
      await inBrowser.pipeline.untilQuiet(180_000);
      await printTimes(inBrowser, wanted, 'idle');
    } else {
      for (const shot of wanted) findings.push(...(await takeAll(inBrowser, shot, options.out)));
    }
    findings.push(...inBrowser.complaints);
    for (const finding of findings) process.stdout.write(`${finding}\n`);
    return findings.length === 0 ? 0 : 1;
  } finally {
    visitors?.kill();
    await inBrowser.stop();
    rmSync(shop, { recursive: true, force: true });
  }
}

const EVENTS_PER_SECOND = '5';
/** The default of `daybook local`. */
const EVERY_SECONDS = 5;

/** Visitors send events until the process is killed. */
function sendEvents({ pipeline: { ready } }: ConsoleInBrowser): ChildProcess {
  const command = [packagePath('bin', 'daybook.cjs'), 'events', 'send', '--rate', EVENTS_PER_SECOND];
  return spawn(
    process.execPath,
    [...command, '--url', ready.eventsUrl ?? '', '--key', ready.eventsKey ?? ''],
    {
      stdio: 'ignore',
    },
  );
}

/** Visits that an execution has loaded. */
async function sessionsOf({ pipeline: { deployment } }: ConsoleInBrowser): Promise<number> {
  const { rows } = await withLake(deployment, (_, session) =>
    queryLake(session, 'select count(*) from sessions'),
  );
  return Number(rows[0]?.[0] ?? 0);
}

/** The link to the session with the most events. */
async function longestSession(deployment: Deployment): Promise<string> {
  const sql = `select session_key, cast(cast(started_at as date) as varchar)
    from sessions order by events desc, session_key limit 1`;
  const { rows } = await withLake(deployment, (_, session) => queryLake(session, sql));
  const [key, day] = (rows[0] ?? []).map(String);
  return sessionLink(key ?? '', day ?? '');
}

async function printTimes(inBrowser: ConsoleInBrowser, shots: readonly Shot[], state: string): Promise<void> {
  process.stdout.write(`${state}\n`);
  for (const shot of shots) process.stdout.write(`  ${await timeOf(inBrowser, shot)}\n`);
}

const TIMES = 5;
/** Until a browser's new window, which is busy with itself at first, is still. */
const WINDOW_MS = 1_500;

/** A line with the milliseconds until a page has loaded everything. */
async function timeOf(inBrowser: ConsoleInBrowser, { name, path: address }: Shot): Promise<string> {
  const times: number[] = [];
  for (let run = 0; run < TIMES; run += 1) {
    const page = await inBrowser.open('about:blank');
    await page.waitForTimeout(WINDOW_MS);
    await page.goto(
      Object.assign(new URL(address, inBrowser.url), { hash: new URL(inBrowser.url).hash }).href,
    );
    await loaded(page);
    // Since the navigation started.
    times.push(await page.evaluate('performance.now()'));
    await page.context().close();
  }
  times.sort((a, b) => a - b);
  const [median = 0, longest = 0] = [times[Math.floor(TIMES / 2)], times.at(-1)];
  return `${name.padEnd(12)} ${median.toFixed(0).padStart(6)} ms, longest ${longest.toFixed(0)} ms`;
}

const DAYS = 180;

/** Half a year in three uploads, then files that are rejected entirely or in part. */
async function fill({ pipeline }: ConsoleInBrowser, shop: string): Promise<void> {
  const generator = packagePath('dist', 'fixtures', 'generate.cjs');
  // Up to today, as Home shows the newest days.
  const start = new Date(Date.now() - (DAYS - 1) * DAY_MS).toISOString().slice(0, 10);
  const options = ['--orders', '12000', '--days', String(DAYS), '--start', start, '--products', '400'];
  execFileSync(process.execPath, [generator, ...options, '--files', '3', '--out', shop], { stdio: 'ignore' });
  for (const name of readdirSync(shop).sort()) {
    await pipeline.put(`input/shop/${name}`, readFileSync(path.join(shop, name)));
    if (/part/.test(name)) await pipeline.untilQuiet(180_000);
  }
  await pipeline.put('input/shop/inventory.csv', countsOf(400));
  const rejected = packagePath('fixtures', 'days', '03-rejected');
  for (const name of readdirSync(rejected)) {
    await pipeline.put(`input/march/${name}`, readFileSync(path.join(rejected, name)));
  }
  await pipeline.untilQuiet(180_000);
}

/** An inventory in which some products run out soon, and some are gone. */
function countsOf(products: number): string {
  const now = new Date().toISOString();
  const rows = Array.from({ length: products }, (_, index) => `${index + 1},${(index * 7) % 60},${now}`);
  return ['product_id,on_hand,counted_at', ...rows].join('\n');
}

/** @returns the findings, each with its page */
async function takeAll(inBrowser: ConsoleInBrowser, shot: Shot, out: string): Promise<string[]> {
  const findings: string[] = [];
  for (const dark of [false, true]) {
    for (const width of [1280, 390]) {
      const name = `${shot.name}-${dark ? 'dark' : 'light'}-${width}`;
      const page = await inBrowser.open(shot.path, { width, dark });
      await shot.prepare(page);
      await page.screenshot({ path: path.join(out, `${name}.png`), fullPage: width < 1000 });
      findings.push(...(await seriousFindings(page)).map((finding) => `${name}: ${finding}`));
      if (await scrollsSideways(page)) findings.push(`${name}: scrolls sideways`);
      await page.context().close();
      process.stderr.write(`${name}.png\n`);
    }
  }
  return findings;
}

main().then(
  (code) => {
    process.exitCode = code;
  },
  (error: unknown) => {
    process.stderr.write(`${error instanceof Error ? error.stack : error}\n`);
    process.exitCode = 1;
  },
);
