import { POSTGRES_MISSING, postgresPrograms } from '../../bench/postgres-server';

/**
 * `describe` for suites that need a server. Where there is none, they are skipped and a message says so; CI sets REQUIRE_POSTGRES, so that
 * they fail there.
 */
export function describeWithPostgres(name: string, suite: () => void): void {
  if (postgresPrograms() !== undefined) describe(name, suite);
  else if (process.env.REQUIRE_POSTGRES) test(name, () => expect(POSTGRES_MISSING).toBe('installed'));
  else {
    process.stderr.write(`${name}: skipped, ${POSTGRES_MISSING}\n`);
    test(`${name}: skipped, as PostgreSQL is not installed`, () => {
      expect(postgresPrograms()).toBeUndefined();
    });
  }
}
