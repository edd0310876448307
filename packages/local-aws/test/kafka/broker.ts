import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { openSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import path from 'node:path';
import { Kafka, logLevel } from 'kafkajs';
import { directoryOf, remove } from '../../src/testing/files';

/** The login that the broker accepts on its second listener. */
export const LOGIN = { username: 'lambda', password: 'secret' };

/** A broker of one node, with its data in a directory of its own; `run` sets KAFKA_JARS. */
export class Broker {
  private child: ChildProcess | undefined;

  private constructor(
    private readonly directory: string,
    /** `127.0.0.1:<port>`, without a login. */
    readonly server: string,
    /** With a login by SCRAM or PLAIN. */
    readonly saslServer: string,
  ) {}

  static async create(): Promise<Broker> {
    const directory = directoryOf();
    const [plain = 0, sasl = 0, controller = 0] = await Promise.all([freePort(), freePort(), freePort()]);
    const broker = new Broker(directory, `127.0.0.1:${plain}`, `127.0.0.1:${sasl}`);
    const listeners = `PLAINTEXT://127.0.0.1:${plain},SASL_PLAINTEXT://127.0.0.1:${sasl}`;
    const { username, password } = LOGIN;
    const properties = [
      'process.roles=broker,controller',
      'node.id=1',
      `controller.quorum.voters=1@127.0.0.1:${controller}`,
      `listeners=${listeners},CONTROLLER://127.0.0.1:${controller}`,
      `advertised.listeners=${listeners}`,
      'controller.listener.names=CONTROLLER',
      'listener.security.protocol.map=PLAINTEXT:PLAINTEXT,SASL_PLAINTEXT:SASL_PLAINTEXT,CONTROLLER:PLAINTEXT',
      'sasl.enabled.mechanisms=PLAIN,SCRAM-SHA-512',
      'listener.name.sasl_plaintext.scram-sha-512.sasl.jaas.config=org.apache.kafka.common.security.scram.ScramLoginModule required;',
      `listener.name.sasl_plaintext.plain.sasl.jaas.config=org.apache.kafka.common.security.plain.PlainLoginModule required user_${username}="${password}";`,
      `log.dirs=${path.join(directory, 'data')}`,
      'offsets.topic.replication.factor=1',
      'offsets.topic.num.partitions=1',
      'transaction.state.log.replication.factor=1',
      'transaction.state.log.min.isr=1',
      'group.initial.rebalance.delay.ms=0',
      'group.min.session.timeout.ms=1000',
    ];
    writeFileSync(broker.properties, properties.join('\n'));
    const id = randomBytes(16).toString('base64url');
    const user = `SCRAM-SHA-512=[name=${username},password=${password}]`;
    const format = [
      'kafka.tools.StorageTool',
      'format',
      '-t',
      id,
      '-c',
      broker.properties,
      '--add-scram',
      user,
    ];
    execFileSync(JAVA, [...OPTIONS, ...format], { stdio: ['ignore', 'ignore', 'inherit'] });
    await broker.start();
    return broker;
  }

  /** Resolves when the broker answers. */
  async start(): Promise<void> {
    const log = openSync(path.join(this.directory, 'broker.log'), 'a');
    const child = spawn(JAVA, [...OPTIONS, 'kafka.Kafka', this.properties], { stdio: ['ignore', log, log] });
    this.child = child;
    const admin = this.kafka().admin();
    for (;;) {
      if (child.exitCode !== null)
        throw new Error(`the broker ended with ${child.exitCode}: see ${this.directory}`);
      try {
        await admin.connect();
        await admin.describeCluster();
        break;
      } catch {
        await new Promise((resolve) => setTimeout(resolve, 200));
      }
    }
    await admin.disconnect();
  }

  /** SIGKILL. */
  async kill(): Promise<void> {
    const { child } = this;
    if (!child || child.exitCode !== null || child.signalCode !== null) return;
    child.kill('SIGKILL');
    await once(child, 'exit');
  }

  async remove(): Promise<void> {
    await this.kill();
    remove(this.directory);
  }

  kafka(): Kafka {
    const retry = { retries: 3, initialRetryTime: 100 };
    return new Kafka({ brokers: [this.server], logLevel: logLevel.NOTHING, connectionTimeout: 1000, retry });
  }

  async createTopic(topic: string, numPartitions = 1, configEntries: { name: string; value: string }[] = []) {
    const admin = this.kafka().admin();
    await admin.connect();
    await admin.createTopics({ topics: [{ topic, numPartitions, replicationFactor: 1, configEntries }] });
    await admin.disconnect();
  }

  private get properties(): string {
    return path.join(this.directory, 'server.properties');
  }
}

export const JAVA = process.env.JAVA_HOME ? path.join(process.env.JAVA_HOME, 'bin', 'java') : 'java';
const OPTIONS = ['-Xmx256m', '-XX:+UseSerialGC', '-cp', `${process.env.KAFKA_JARS}/*`];

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  return typeof address === 'object' && address ? address.port : 0;
}
