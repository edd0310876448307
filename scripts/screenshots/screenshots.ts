import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import type { Page } from 'playwright-core';
import { connect, disconnect } from '../../operations/deployment';
import { listExecutions } from '../../operations/executions/executions';
import { packagePath } from '../../package-path';
import { ConsoleInBrowser, scrollsSideways, seriousFindings } from '../../test/console/console-page';

const HELP = `Usage: npm run screenshots -- [--out <dir>] [--only <page>]

Runs a pipeline on half a year of a made-up shop, with files that are rejected, and takes a picture of every page of
the console: <page>-<light|dark>-<1280|390>.png. Says what axe finds, and which page scrolls sideways; exits with 1
where there is any.

  --out <dir>     where to (default: dist/screenshots/png)
  --only <page>   only one page: ${['executions', 'execution', 'kpis', 'files', 'file', 'lake', 'query', 'health'].join(', ')}
`;

/** A page of the console, and what to wait for before the screenshot. */
interface Shot {
  readonly name: string;
  readonly path: string;
  readonly prepare: (page: Page) => Promise<unknown>;
}

/** Waits until everything is loaded and the charts are drawn. */
async function settled(page: Page): Promise<void> {
  await page.waitForLoadState('networkidle');
  await page.waitForFunction("document.querySelectorAll('.spinner').length === 0", undefined, {
    timeout: 60_000,
  });
  await page.waitForTimeout(500);
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

function shotsOf(execution: string, rejectedKey: string): Shot[] {
  return [
    { name: 'executions', path: '/executions', prepare: settled },
    { name: 'execution', path: `/executions/${execution}`, prepare: settled },
    { name: 'kpis', path: '/kpis', prepare: settled },
    { name: 'files', path: '/files', prepare: settled },
    { name: 'file', path: `/files?key=${encodeURIComponent(rejectedKey)}`, prepare: settled },
    { name: 'lake', path: '/lake', prepare: settled },
    { name: 'query', path: '/lake/query', prepare: ask },
    { name: 'health', path: '/health', prepare: settled },
  ];
}

async function main(): Promise<number> {
  const { values: options } = parseArgs({
    options: {
      out: { type: 'string', default: packagePath('dist', 'screenshots', 'png') },
      only: { type: 'string' },
      help: { type: 'boolean' },
    },
  });
  if (options.help) {
    process.stdout.write(HELP);
    return 0;
  }
  mkdirSync(options.out, { recursive: true });
  const shop = mkdtempSync(path.join(tmpdir(), 'daybook-screenshots-'));
  const inBrowser = await ConsoleInBrowser.start({ every: 1 });
  try {
    await fill(inBrowser, shop);
    const deployment = await connect({ AWS_ENDPOINT_URL: inBrowser.pipeline.ready.endpoint });
    const [newest] = await listExecutions(deployment, 1);
    disconnect(deployment);
    const findings: string[] = [];
    for (const shot of shotsOf(newest?.name ?? '', 'input/march/orders_no_user.csv')) {
      if (options.only && options.only !== shot.name) continue;
      findings.push(...(await takeAll(inBrowser, shot, options.out)));
    }
    findings.push(...inBrowser.complaints);
    for (const finding of findings) process.stdout.write(`${finding}\n`);
    return findings.length === 0 ? 0 : 1;
  } finally {
    await inBrowser.stop();
    rmSync(shop, { recursive: true, force: true });
  }
}

/** Half a year in three uploads, then files that are rejected entirely or in part. */
async function fill({ pipeline }: ConsoleInBrowser, shop: string): Promise<void> {
  const generator = packagePath('dist', 'fixtures', 'generate.cjs');
  const options = ['--orders', '12000', '--days', '180', '--products', '400', '--files', '3', '--out', shop];
  execFileSync(process.execPath, [generator, ...options], { stdio: 'ignore' });
  for (const name of readdirSync(shop).sort()) {
    await pipeline.put(`input/shop/${name}`, readFileSync(path.join(shop, name)));
    if (/part/.test(name)) await pipeline.untilQuiet();
  }
  const rejected = packagePath('fixtures', 'days', '03-rejected');
  for (const name of readdirSync(rejected)) {
    await pipeline.put(`input/march/${name}`, readFileSync(path.join(rejected, name)));
  }
  await pipeline.untilQuiet();
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
