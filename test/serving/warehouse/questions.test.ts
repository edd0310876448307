import { readFileSync } from 'node:fs';
import { Client } from 'pg';
import { type PostgresServer, startPostgres } from '../../../bench/postgres-server';
import { packagePath } from '../../../package-path';
import { describeWithPostgres } from '../../builders/describe-with-postgres';
import { startPgliteServer } from '../../builders/pglite-database';
import { asRedshift } from '../../builders/redshift-on-postgres';
import type { LoadOptions } from '../../builders/warehouse-load';
import { loadShop } from '../../builders/warehouse-shop';
import answers from './answers.json';

const page = readFileSync(packagePath('docs', 'warehouse.md'), 'utf8');

/** The SQL of docs/warehouse.md by its question. */
const questions = new Map(
  page
    .split(/^### /m)
    .slice(1)
    .map((section) => [section.split('\n', 1)[0] ?? '', /^```sql\n(.*?)^```$/ms.exec(section)?.[1] ?? '']),
);

test('docs/warehouse.md has ten questions with their SQL, and each has an answer here', () => {
  expect(questions.size).toBe(10);
  expect([...questions.keys()]).toEqual(Object.keys(answers));
});

/** What holds for every server. @param start makes one, for all of the suite; @param as changes the load */
function cases(start: () => Promise<PostgresServer>, as?: (options: LoadOptions) => LoadOptions): void {
  let server: PostgresServer;
  let client: Client;
  beforeAll(async () => {
    server = await start();
    const url = await server.createDatabase();
    await loadShop(url, as);
    client = new Client({
      connectionString: url,
      // The text of every cell, as the server sends it.
      types: { getTypeParser: () => (text: string | Buffer) => String(text) },
    });
    await client.connect();
  }, 120_000);
  afterAll(async () => {
    await client.end();
    await server.stop();
  });

  test.each(Object.entries(answers))('%s', async (question, rows) => {
    const result = await client.query({ text: questions.get(question) ?? '', rowMode: 'array' });
    expect(result.rows).toEqual(rows);
  });
}

describe('questions in PGlite', () => cases(startPgliteServer));
describeWithPostgres('questions of a load by the statements for Redshift', () =>
  cases(startPostgres, asRedshift),
);
describeWithPostgres('questions in PostgreSQL', () => cases(startPostgres));
