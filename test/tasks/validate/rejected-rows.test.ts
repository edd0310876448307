import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { RejectedRows } from '../../../tasks/validate/rejected-rows';

test('millions of blanks before a formula are skipped like one', async () => {
  const directory = mkdtempSync(path.join(tmpdir(), 'daybook-rejected-'));
  try {
    const rejected = new RejectedRows(path.join(directory, 'rows.csv'));
    const blanks = ' '.repeat(8 * 1024 * 1024);
    rejected.add(2, [], `1;${blanks}=1`);
    await rejected.flush();
    await rejected.close();
    expect(readFileSync(rejected.path, 'utf8').endsWith(`${blanks}'=1"\n`)).toBe(true);
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
});
