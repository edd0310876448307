import type { Page } from 'playwright-core';
import { describeInBrowser } from './chromium';
import { ConsoleInBrowser, scrollsSideways, seriousFindings } from './console-page';

describeInBrowser('the console', () => {
  let inBrowser: ConsoleInBrowser;
  beforeAll(async () => {
    inBrowser = await ConsoleInBrowser.start({ every: 0 });
  });
  afterAll(() => inBrowser?.stop());

  const heading = (page: Page) => page.locator('h1').innerText();

  test('leads from page to page, keeps the token out of the address and over a reload', async () => {
    const page = await inBrowser.open('/');
    await page.getByRole('heading', { level: 1, name: 'Home' }).waitFor();
    expect(page.url()).not.toContain('token');
    for (const name of ['KPIs', 'Files', 'Lake', 'Health']) {
      await page.getByRole('navigation').getByRole('link', { name }).click();
      await page.getByRole('heading', { level: 1, name }).waitFor();
    }
    await page.reload();
    await page.getByText('this computer').waitFor();
    expect(await heading(page)).toBe('Health');
    expect(inBrowser.complaints).toEqual([]);
  });

  test('on a narrow screen has the pages behind a button that names the current one', async () => {
    const page = await inBrowser.open('/files', { width: 390 });
    const link = page.getByRole('link', { name: 'Health' });
    await page.getByText('this computer').waitFor();
    expect(await link.isVisible()).toBe(false);
    await page.getByRole('button', { name: 'Files', exact: true }).press('Enter');
    expect(await scrollsSideways(page)).toBe(false);
    expect(await seriousFindings(page)).toEqual([]);
    await link.click();
    await page.getByRole('heading', { level: 1, name: 'Health' }).waitFor();
    expect(await link.isVisible()).toBe(false);
    await page.getByRole('button', { name: 'Health', exact: true }).waitFor();
  });

  test('without a token says where the address is to be had', async () => {
    const page = await inBrowser.browser.newPage();
    await page.goto(new URL('/kpis', inBrowser.url).origin);
    await page.getByText('daybook open').waitFor();
  });

  test.each([
    ['light', 1280, false],
    ['dark', 390, true],
  ])('in %s at %d pixels axe finds nothing serious, and nothing is cut off', async (_, width, dark) => {
    const page = await inBrowser.open('/executions', { width, dark });
    await page.getByText('this computer').waitFor();
    expect(await seriousFindings(page)).toEqual([]);
    expect(await scrollsSideways(page)).toBe(false);
  });
});
