import { readFileSync } from 'node:fs';
import type { AxeResults } from 'axe-core';
import type { Browser, Page } from 'playwright-core';
import { LocalPipeline } from '../e2e/local-pipeline';
import { launchChromium } from './launch';

const AXE = readFileSync(require.resolve('axe-core/axe.min.js'), 'utf8');

/** A pipeline that runs, its console in a browser, and whatever the pages complained of. */
export class ConsoleInBrowser {
  /** Errors of scripts, refused loads, breaches of the content security policy: there should be none. */
  readonly complaints: string[] = [];

  private constructor(
    readonly pipeline: LocalPipeline,
    readonly browser: Browser,
    readonly url: string,
  ) {}

  static async start(options?: {
    every?: number;
    directory?: string;
    faults?: boolean;
    contracts?: string;
    marts?: string;
    warehouse?: boolean;
  }): Promise<ConsoleInBrowser> {
    const [pipeline, browser] = await Promise.all([
      LocalPipeline.start({ ...options, console: true }),
      launchChromium(),
    ]);
    const url = pipeline.ready.console;
    if (url === null) throw new Error('daybook local serves no console');
    return new ConsoleInBrowser(pipeline, browser, url);
  }

  /** The token that the printed address holds. */
  get token(): string {
    return new URLSearchParams(new URL(this.url).hash.slice(1)).get('token') ?? '';
  }

  /** A page of the console, as someone opens it who has the address. @param path as `/kpis?period=7` */
  async open(
    path: string,
    { width = 1280, height = 900, dark = false, timezoneId = 'UTC' } = {},
  ): Promise<Page> {
    const context = await this.browser.newContext({
      viewport: { width, height },
      colorScheme: dark ? 'dark' : 'light',
      locale: 'en-GB',
      timezoneId,
      reducedMotion: 'reduce',
    });
    const page = await context.newPage();
    page.setDefaultTimeout(60_000);
    page.on('console', (message) => {
      if (message.type() === 'error' || message.type() === 'warning') this.complaints.push(message.text());
    });
    page.on('pageerror', (error) => this.complaints.push(String(error)));
    const address = new URL(path, this.url);
    address.hash = new URL(this.url).hash;
    await page.goto(address.href);
    return page;
  }

  /** Asks the server directly, as a script would that has the token. */
  ask(path: string, init: RequestInit = {}): Promise<Response> {
    return fetch(new URL(path, this.url), {
      ...init,
      headers: { Authorization: `Bearer ${this.token}`, ...init.headers },
    });
  }

  async stop(): Promise<void> {
    await this.browser.close();
    await this.pipeline.stop();
  }
}

/**
 * What axe finds that is serious or critical, as `rule: where it is`: there should be none.
 * https://github.com/dequelabs/axe-core/blob/develop/doc/rule-descriptions.md
 */
export async function seriousFindings(page: Page): Promise<string[]> {
  // What is dimmed until newer numbers are there has no contrast for a moment.
  await page.locator('[aria-busy="true"]').first().waitFor({ state: 'detached' });
  // As a script of the tests, which the page's policy does not concern.
  await page.evaluate(AXE);
  const { violations } = (await page.evaluate('axe.run()')) as AxeResults;
  return violations
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .flatMap(({ id, nodes }) =>
      nodes.map(({ target, failureSummary }) => `${id}: ${target.join(' ')} ${failureSummary}`),
    );
}

/** Whether something is wider than the window, so that the page scrolls sideways. */
export function scrollsSideways(page: Page): Promise<boolean> {
  return page.evaluate('document.documentElement.scrollWidth > document.documentElement.clientWidth');
}

/** The cells of a table's rows as text, once there are any. */
export async function tableRows(page: Page, label: string): Promise<string[][]> {
  const table = page.getByRole('table', { name: label });
  await table.locator('tbody tr').first().waitFor();
  return table.evaluate((element) =>
    [...element.querySelectorAll('tbody tr')].map((row) =>
      [...row.querySelectorAll('td')].map((cell) => cell.textContent ?? ''),
    ),
  );
}

/** What the file has that a button downloads. */
export async function downloadBy(page: Page, button: string): Promise<string> {
  const [file] = await Promise.all([
    page.waitForEvent('download'),
    page.getByRole('button', { name: button }).click(),
  ]);
  return readFileSync(await file.path(), 'utf8');
}
