const emulator = require('./packages/local-aws/jest.config.cjs');

/**
 * Suites that take minutes together: whole pipelines, a batch per generated case, and the checks of CDK.
 * `npm test` leaves them to `npm run test:long`, a step of its own in CI.
 */
const LONG = [
  '/test/(console|crash|e2e|permissions|realfiles|sources|upgrade)/',
  '/test/(fixtures/(events|generate)|image/image|lake/merge\\.pruning|storage/ledger/dynamodb-ledger)\\.',
  '/test/formats/(csv/canonical-rows|packaging/packaging)\\.',
  '/test/catalog/extension\\.',
  '/test/cli/(console|demo|doctor|ledger|mart-test|own-template|pglite/pglite-socket)\\.',
  '/test/infra/nag\\.',
  '/test/tasks/event-crashes\\.',
  '/test/tasks/refresh/(concurrent|files-read|lake-changes|mart-cases|optional-columns|refresh|strategies|upgrade)\\.',
  '/test/tasks/(ingest/warehouse|load/(load|marts|views)|maintain/maintain|move/overtaken|stage/(deletions|history|refused-contracts)|validate/(events|mapping|pseudonyms))\\.',
  '/test/operations/(forget/(forget|warehouse)|kpis/verify|lake/query/query)\\.',
  '/test/serving/warehouse/questions\\.',
  '/test/(formats|hostile|tasks)/.*\\.property\\.',
];
/** On Spark, which scripts/spark installs: a step of its own. */
const SPARK = '/test/spark/';
/** `short`, `long`, `spark`, or all but those on Spark if not set. */
const tests = process.env.DAYBOOK_TESTS;

/** Unit and end-to-end tests; the emulator has its own, and the interoperability tests in test/interop run apart. */
module.exports = {
  ...emulator,
  ...(tests === 'long' && {
    testTimeout: 180_000,
    testRegex: LONG.map((suite) => `${suite}(.*\\.)?test\\.ts$`),
  }),
  ...(tests === 'spark' && { testTimeout: 600_000, testRegex: [`${SPARK}(.*\\.)?test\\.ts$`] }),
  testPathIgnorePatterns: [
    '/test/interop/',
    '/node_modules/',
    ...(tests === 'short' ? LONG : []),
    ...(tests === 'spark' ? [] : [SPARK]),
  ],
  modulePathIgnorePatterns: ['<rootDir>/dist', '<rootDir>/cdk.out'],
  transform: { ...emulator.transform, '^.+\\.sql$': '<rootDir>/scripts/jest-text.cjs' },
};
