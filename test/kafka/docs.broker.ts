import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { Broker, JAVA } from '../../packages/local-aws/test/kafka/broker';
import { runNodeSnippet, snippets } from '../e2e/event-docs';
import { LocalPipeline, until } from '../e2e/local-pipeline';

/** The broker's address on the page. */
const SERVER = '127.0.0.1:9092';

const run = promisify(execFile);
let broker: Broker;
let pipeline: LocalPipeline;
beforeAll(async () => {
  broker = await Broker.create();
  for (const topic of ['clicks', 'cart', 'purchases']) await broker.createTopic(topic);
  pipeline = await LocalPipeline.start({ every: 0, kafka: broker.server });
}, 120_000);
afterAll(async () => {
  await pipeline?.stop();
  await broker?.remove();
});

const here = (text: string): string => text.replaceAll(SERVER, broker.server);
const withId = async (id: string) => (await pipeline.rawEvents()).filter(({ event_id }) => event_id === id);

test('the program of docs/events.md for Node sends a cart', async () => {
  await runNodeSnippet('kafkajs', process.env, here);
  await until(async () => (await withId('kafka-1')).length > 0);
  expect(await withId('kafka-1')).toMatchObject([{ source: 'kafka', topic: 'cart' }]);
}, 60_000);

test('that for Python sends a purchase', async () => {
  const [program = ''] = snippets('python').filter((text) => text.includes('confluent_kafka'));
  await run(process.env.KAFKA_PYTHON ?? '', ['-c', here(program)]);
  await until(async () => (await withId('kafka-2')).length > 0);
  expect(await withId('kafka-2')).toMatchObject([
    { source: 'kafka', topic: 'purchases', event: { order_id: '1001', total: 25 } },
  ]);
}, 60_000);

test("that for a shell sends a click with Kafka's own producer", async () => {
  const [commands = ''] = snippets('sh').filter((text) => text.includes('kafka-console-producer'));
  // Of Kafka there are only the jars.
  const directory = mkdtempSync(path.join(tmpdir(), 'daybook-kafka-'));
  try {
    const producer = `#!/bin/sh\nexec '${JAVA}' -cp "$KAFKA_JARS/*" org.apache.kafka.tools.ConsoleProducer "$@"\n`;
    writeFileSync(path.join(directory, 'kafka-console-producer.sh'), producer, { mode: 0o755 });
    const env = { ...process.env, PATH: `${directory}:${process.env.PATH}` };
    await run('bash', ['-euo', 'pipefail', '-c', here(commands)], { env });
  } finally {
    rmSync(directory, { recursive: true });
  }
  await until(async () => (await withId('kafka-3')).length > 0);
  expect(await withId('kafka-3')).toMatchObject([{ source: 'kafka', topic: 'clicks' }]);
}, 60_000);
