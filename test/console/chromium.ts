import { existsSync } from 'node:fs';
import { type Browser, chromium } from 'playwright-core';

const PLACES = [
  process.env.CHROMIUM ?? '',
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
];

/** Where a Chromium is, of Debian or what CHROMIUM names; undefined without one. */
export const CHROMIUM = PLACES.find((place) => place !== '' && existsSync(place));

if (!CHROMIUM) {
  process.stderr.write("No Chromium here: the console's tests are skipped. bash scripts/chromium installs it.\n");
}

/**
 * `describe` for tests that need a browser: without one they are skipped and said to be, but in CI, where they fail.
 * `bash scripts/chromium` installs one.
 */
export const describeInBrowser: jest.Describe = CHROMIUM || process.env.CI ? describe : describe.skip;

export function launchChromium(): Promise<Browser> {
  if (!CHROMIUM) throw new Error('no Chromium: bash scripts/chromium installs it, or CHROMIUM names one');
  return chromium.launch({
    executablePath: CHROMIUM,
    // In containers root runs the tests, and /dev/shm is small.
    args: ['--no-sandbox', '--disable-dev-shm-usage', '--disable-gpu'],
  });
}
