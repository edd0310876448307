import { CHROMIUM } from './launch';

if (!CHROMIUM) {
  process.stderr.write(
    "No Chromium here: the console's tests are skipped. bash scripts/chromium installs it.\n",
  );
}

/**
 * `describe` for tests that need a browser: without one they are skipped and said to be, but in CI, where they fail.
 * `bash scripts/chromium` installs one.
 */
export const describeInBrowser: jest.Describe = CHROMIUM || process.env.CI ? describe : describe.skip;
