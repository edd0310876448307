/** Unit and end-to-end tests; the interoperability tests in test/interop run apart (npm run test:interop). */
module.exports = {
  testEnvironment: 'node',
  roots: ['<rootDir>/test', '<rootDir>/packages/local-aws/test'],
  testPathIgnorePatterns: ['/test/interop/'],
  modulePathIgnorePatterns: ['<rootDir>/dist', '<rootDir>/cdk.out'],
  globalSetup: '<rootDir>/test/global-setup.cjs',
  setupFiles: ['<rootDir>/test/setup.cjs'],
  testTimeout: 30_000,
  // One more than the two cores of CI: these tests wait for processes of their own most of the time.
  maxWorkers: 3,
  transform: {
    '^.+\\.ts$': [
      '@swc/jest',
      { jsc: { parser: { syntax: 'typescript' }, target: 'es2022' }, module: { type: 'commonjs' } },
    ],
    '^.+\\.sql$': '<rootDir>/scripts/jest-text.cjs',
  },
  moduleFileExtensions: ['ts', 'js', 'cjs', 'json', 'node'],
};
