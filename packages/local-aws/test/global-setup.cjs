const { mkdtempSync, rmSync } = require('node:fs');
const { tmpdir } = require('node:os');
const path = require('node:path');

/** One directory for the temporary files of all workers and of the processes they start, gone with this process. */
module.exports = () => {
  const directory = mkdtempSync(path.join(tmpdir(), 'local-aws-test-'));
  process.env.TMPDIR = directory;
  process.once('exit', () => rmSync(directory, { recursive: true, force: true, maxRetries: 3 }));
};
