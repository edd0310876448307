module.exports = {
  testEnvironment: 'node',
  roots: ['<rootDir>/test'],
  globalSetup: require.resolve('./test/global-setup.cjs'),
  setupFiles: [require.resolve('./test/setup.cjs')],
  testTimeout: 30_000,
  // One more than the two cores of CI: these tests wait for processes of their own most of the time.
  maxWorkers: 3,
  transform: {
    '^.+\\.ts$': [
      '@swc/jest',
      { jsc: { parser: { syntax: 'typescript' }, target: 'es2022' }, module: { type: 'commonjs' } },
    ],
  },
  moduleFileExtensions: ['ts', 'js', 'cjs', 'json', 'node'],
};
