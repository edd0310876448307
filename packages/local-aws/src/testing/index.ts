/** Test helpers. */
export { directoryOf, isAlive, remove, until } from './files';
export { BUCKET, startServer, type TestServer } from './s3-server';
export { clientConfig, Scene } from './scene';
export { StatesHarness, task } from './states-harness';
