import { SparkSession, sparkPython } from './spark-session';

const VERSIONS = ['3.5', '4'] as const;

/**
 * Tests with each version of Spark that scripts/spark installed, or those that SPARK_VERSIONS names; skipped where there is none.
 * @throws where REQUIRE_SPARK=1 and one is missing
 */
export function describeSparkVersions(
  name: string,
  tests: (python: () => string, version: string) => void,
): void {
  const wanted = process.env.SPARK_VERSIONS?.split(',') ?? VERSIONS;
  for (const version of VERSIONS.filter((known) => wanted.includes(known))) {
    const python = sparkPython(version);
    if (python === undefined && process.env.REQUIRE_SPARK === '1')
      throw new Error(`Spark ${version} is missing: run "bash scripts/spark"`);
    (python === undefined ? describe.skip : describe)(`${name}, Spark ${version}`, () =>
      tests(() => python ?? '', version),
    );
  }
}

/**
 * As describeSparkVersions, with a session that all tests of a version share.
 * @param master where its executors run
 */
export function describeWithSpark(
  name: string,
  tests: (spark: () => SparkSession) => void,
  master?: string,
): void {
  describeSparkVersions(name, (python, version) => {
    let spark: SparkSession;
    beforeAll(async () => {
      spark = new SparkSession(python(), master);
      const found = await spark.ready();
      expect(found.startsWith(version)).toBe(true);
    });
    afterAll(() => spark?.close());
    tests(() => spark);
  });
}
