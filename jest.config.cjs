const emulator = require('./packages/local-aws/jest.config.cjs');

/** Unit and end-to-end tests; the emulator has its own, and the interoperability tests in test/interop run apart. */
module.exports = {
  ...emulator,
  testPathIgnorePatterns: ['/test/interop/'],
  modulePathIgnorePatterns: ['<rootDir>/dist', '<rootDir>/cdk.out'],
  transform: { ...emulator.transform, '^.+\\.sql$': '<rootDir>/scripts/jest-text.cjs' },
};
