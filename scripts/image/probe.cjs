/**
 * Run inside a container of the image, with a root file system that cannot be written to: `docker run ... - < probe.cjs`.
 * Throws where the image is not what the task definitions count on.
 */
const { strict: assert } = require('node:assert');
const { readdirSync, rmSync, writeFileSync } = require('node:fs');
const { tmpdir } = require('node:os');
const path = require('node:path');

async function main() {
  assert.equal(process.getuid(), 1000, 'the user');
  assert.equal(process.cwd(), '/app', 'the working directory');
  assert.equal(process.pid, 1, 'the process');
  assert.equal(tmpdir(), '/scratch', 'TMPDIR');
  const commands = readdirSync('.').filter((name) => name.endsWith('.cjs'));
  assert.deepEqual(commands.sort(), ['maintain.cjs', 'stage.cjs', 'transform.cjs', 'validate.cjs']);
  assert.throws(() => writeFileSync('/app/written', ''), 'the root file system can be written to');
  const written = path.join(tmpdir(), 'written.parquet');
  const { DuckDBInstance } = require('@duckdb/node-api');
  const connection = await (await DuckDBInstance.create(':memory:')).connect();
  await connection.run(`copy (select 42 as answer) to '${written}' (format parquet)`);
  const [row] = (await connection.runAndReadAll(`select answer from '${written}'`)).getRowObjectsJson();
  assert.deepEqual(row, { answer: 42 });
  rmSync(written);
  console.log(`node ${process.version} on ${process.arch}: as it should be`);
}

main().catch((error) => {
  console.error(error);
  process.exit(1);
});
