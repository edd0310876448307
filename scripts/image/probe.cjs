/**
 * Runs inside a container of the image with a read-only root file system: `docker run ... - < probe.cjs`. Throws if the image
 * does not match the task definitions.
 */
const { strict: assert } = require('node:assert');
const { readdirSync, rmSync, statSync, writeFileSync } = require('node:fs');
const { tmpdir } = require('node:os');
const path = require('node:path');

async function main() {
  assert.equal(process.getuid(), 1000, 'the user');
  assert.equal(process.cwd(), '/app', 'the working directory');
  assert.equal(process.pid, 1, 'the process');
  assert.equal(tmpdir(), '/scratch', 'TMPDIR');
  assert.deepEqual(readdirSync('/scratch'), ['.keep'], 'the files of the volume');
  for (const file of ['/scratch', '/scratch/.keep'])
    assert.equal(statSync(file).uid, 1000, `the owner of ${file}`);
  const commands = readdirSync('.').filter((name) => name.endsWith('.cjs'));
  assert.deepEqual(commands.sort(), ['maintain.cjs', 'stage.cjs', 'transform.cjs', 'validate.cjs']);
  assert.throws(() => writeFileSync('/app/written', ''), 'the root file system is writable');
  const written = path.join(tmpdir(), 'written.parquet');
  const { DuckDBInstance } = require('@duckdb/node-api');
  const connection = await (await DuckDBInstance.create(':memory:')).connect();
  await connection.run(`copy (select 42 as answer) to '${written}' (format parquet)`);
  const [row] = (await connection.runAndReadAll(`select answer from '${written}'`)).getRowObjectsJson();
  assert.deepEqual(row, { answer: 42 });
  rmSync(written);
  console.log(`node ${process.version} on ${process.arch}: OK`);
}

main().catch((error) => {
  console.error(error);
  process.exit(1);
});
