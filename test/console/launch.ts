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

export function launchChromium(): Promise<Browser> {
  if (!CHROMIUM) throw new Error('no Chromium: bash scripts/chromium installs it, or CHROMIUM names one');
  return chromium.launch({
    executablePath: CHROMIUM,
    // In containers root runs the tests, and /dev/shm is small.
    args: ['--no-sandbox', '--disable-dev-shm-usage', '--disable-gpu'],
  });
}
