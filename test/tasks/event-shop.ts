import { createHash } from 'node:crypto';
import type { KinesisClient, PutRecordsCommand } from '@aws-sdk/client-kinesis';
import type { SendMessageBatchCommand, SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { EVENTS } from '../../domain/object-keys';
import type { BatchFile } from '../../domain/workflow';
import { kinesisEvents } from '../../storage/kinesis-events';
import { sqsEvents } from '../../storage/sqs-events';
import { run as collect } from '../../tasks/collect/collect';
import { sqsDeadLetters } from '../../tasks/ingest/dead-letters';
import { run as ingest } from '../../tasks/ingest/ingest';
import { recordsOf } from '../../tasks/ingest/records';
import { CutOffError, type Fault, FaultyProcess } from '../builders/faulty-process';
import { eventCatalog } from '../builders/kpi-catalog';
import { silentLogger } from '../builders/silent-logger';
import { kafkaEvent, kafkaRecord, kinesisRecord, sqsRecord } from '../builders/source-records';
import { PIPELINE_TASKS, type PipelineTask, TaskPipeline } from '../builders/task-pipeline';
import type { VisitEvent } from '../reference/visits';

/** The processes that an event passes; collect and ingest for each entry point. */
export const STEPS = [
  'collect to SQS',
  'collect to Kinesis',
  'ingest of SQS',
  'ingest of Kinesis',
  'ingest of Kafka',
  ...PIPELINE_TASKS,
] as const;
export type Step = (typeof STEPS)[number];

/** An event that a shop sent, and what was said about it. */
export interface ShopEvent extends VisitEvent {
  /** Of the entry point that had it last. */
  readonly source: 'http' | 'sqs' | 'kinesis' | 'kafka';
}

const MINUTE_MS = 60_000;
/** Visits are around it, so they are of two days. */
const MIDNIGHT = Date.UTC(2026, 10, 28);
/** The first round. */
const START = MIDNIGHT + 12 * 60 * MINUTE_MS;
const EMAIL = { source: 'news', medium: 'email', campaign: 'winter', channel: 'Email' };
const EMAIL_QUERY = '?utm_source=news&utm_medium=email&utm_campaign=winter';
/** No text. */
const BYTES = Buffer.from([0x1f, 0x8b, 0xff]);
const MAX_TRIES = 5;

/**
 * A shop whose events come through every entry point and pass the real collect, ingest, validate, stage and transform, over services
 * in memory. Its clients, its brokers and its workflow repeat what fails, as the real ones do.
 */
export class EventShop {
  readonly pipeline = new TaskPipeline('UTC', eventCatalog);
  /** Every event that was answered with 202, or that a broker has, by its id. */
  readonly accepted = new Map<string, ShopEvent>();
  /** Text that is no JSON, which validate rejects. */
  readonly badTexts: string[] = [];
  /** Positions of records that are no text. */
  readonly badPositions: string[] = [];
  readonly deadLetters: { readonly position: string; readonly reason: string; readonly base64: string }[] =
    [];
  private rounds = 0;
  private records = 0;
  private queue: ReturnType<typeof sqsRecord>[] = [];
  private stream: ReturnType<typeof kinesisRecord>[] = [];
  private topics: ReturnType<typeof kafkaRecord>[] = [];

  /**
   * Sends events through every entry point, one bad record among them in each, and processes them. Rounds are of the same visitors, in
   * no order of time, so they extend and merge sessions of rounds before.
   * @param faults the first process of a step has it
   * @returns the steps whose fault occurred
   */
  async round(faults: Partial<Record<Step, Fault>> = {}): Promise<Step[]> {
    this.rounds += 1;
    this.pipeline.now = START + this.rounds * MINUTE_MS;
    const processes = new Map<Step, FaultyProcess>();
    const processOf = (step: Step): FaultyProcess => {
      if (processes.has(step)) return new FaultyProcess();
      const process = new FaultyProcess(faults[step]);
      processes.set(step, process);
      return process;
    };
    await this.send(processOf);
    await this.deliver('ingest of SQS', processOf);
    await this.deliver('ingest of Kinesis', processOf);
    await this.deliver('ingest of Kafka', processOf);
    // A process that was killed fails its execution, and the files come in another; an error is retried in the same.
    const isKilled = PIPELINE_TASKS.some((task) => faults[task]?.isFatal);
    await this.execute(processOf, isKilled ? 1 : 2);
    return STEPS.filter((step) => processes.get(step)?.hasFailed);
  }

  close(): void {
    this.pipeline.close();
  }

  private async send(processOf: (step: Step) => FaultyProcess): Promise<void> {
    const round = this.rounds;
    const visitor = `v${round % 2}`;
    const start = MIDNIGHT + (((round * 47) % 180) - 60) * MINUTE_MS;
    const event = (name: string, minutes: number, more: Partial<VisitEvent> = {}): VisitEvent => ({
      id: `${round}-${name}-${minutes}`,
      name,
      at: BigInt(start + minutes * MINUTE_MS) * 1000n,
      visitor,
      session: null,
      path: null,
      device: null,
      traffic: null,
      transaction: null,
      value: null,
      items: [],
      ...more,
    });
    const item = { product: `p${round % 3}`, list: 'sale' };
    const other = { product: 'p9', list: null };
    /** Sent through HTTP, and later through Kafka. */
    const twice = event('view_item', 4, { items: [item], device: 'mobile' });

    await this.post('collect to SQS', processOf, [
      event('page_view', 0, round % 4 === 0 ? { path: '/', traffic: EMAIL } : { path: '/p' }),
      event('view_item', 1, { items: [item, other] }),
    ]);
    await this.post('collect to Kinesis', processOf, [event('select_item', 2, { items: [item] }), twice]);

    const carted = event('add_to_cart', 5, { items: [item] });
    this.toQueue(JSON.stringify(native(carted)));
    this.accept(carted, 'sqs');
    const badText = `event_name=bad${round}`;
    this.toQueue(badText);
    this.badTexts.push(badText);
    const lists = [
      event('view_item_list', 3, { items: [item, other] }),
      event('view_item_list', 6, { items: [other] }),
    ];
    const message = this.toQueue(JSON.stringify(lists.map((one) => native(one, false))));
    for (const [at, one] of lists.entries()) this.accept({ ...one, id: `sqs:${message}:${at}` }, 'sqs');

    const begun = event('begin_checkout', 7);
    const record = this.toStream(JSON.stringify(native(begun, false)));
    this.accept({ ...begun, id: `kinesis:${record}` }, 'kinesis');
    this.badPositions.push(this.toStream(BYTES));
    const later = event('page_view', 40);
    this.toStream(JSON.stringify(native(later)));
    this.accept(later, 'kinesis');

    this.toTopic('cart', JSON.stringify(native(twice)));
    this.accept(twice, 'kafka');
    this.badPositions.push(this.toTopic('clicks', BYTES));
    // Every third one says a transaction again that was sent before.
    const sold = event('purchase', 9, {
      transaction: `t${round % 3 === 0 ? round - 1 : round}`,
      value: 125_000n,
      items: [item],
    });
    const { event_name: _, ...unnamed } = native(sold, false);
    const position = this.toTopic('purchases', JSON.stringify(unnamed));
    this.accept({ ...sold, id: `kafka:${position}` }, 'kafka');
  }

  /** Repeats a request until it is answered with 202. Its last event has no id of its own, and before it is one that is no event. */
  private async post(
    step: 'collect to SQS' | 'collect to Kinesis',
    processOf: (step: Step) => FaultyProcess,
    events: readonly VisitEvent[],
  ): Promise<void> {
    const repeat = `${step} ${this.rounds}`;
    const [first] = events;
    if (!first) throw new RangeError('expected an event');
    const unnumbered = { ...first, name: 'login', path: null, traffic: null, items: [] };
    const request = {
      key: 'key',
      headers: { 'content-type': 'application/json', 'idempotency-key': repeat },
      body: Buffer.from(JSON.stringify([...events.map((one) => native(one)), 3, native(unnumbered, false)])),
    };
    await this.persist(async () => {
      const process = processOf(step);
      const { statusCode, body } = await collect(request, {
        keys: { nameOf: async () => 'web' },
        sink: this.sinkOf(step, process),
        clock: () => new Date(this.pipeline.now),
        newId: () => {
          throw new Error('the request has an idempotency key');
        },
        logger: silentLogger,
      });
      if (process.isDead || statusCode !== 202) return false;
      const { accepted, rejected } = JSON.parse(body) as { accepted: number; rejected: { index: number }[] };
      if (accepted !== events.length + 1 || rejected[0]?.index !== events.length)
        throw new Error(`expected all but the one that is no event, got ${body}`);
      return true;
    });
    for (const one of events) this.accept(one, 'http');
    const hash = createHash('sha256').update(`web\n${repeat}`).digest('hex').slice(0, 32);
    this.accept({ ...unnumbered, id: `${hash}-${events.length + 1}` }, 'http');
  }

  private sinkOf(step: 'collect to SQS' | 'collect to Kinesis', process: FaultyProcess) {
    const sqs = {
      send: ({ input }: SendMessageBatchCommand) =>
        process.write(async () => {
          for (const { MessageBody = '' } of input.Entries ?? []) this.toQueue(MessageBody);
          return { Failed: [] };
        }),
    };
    const kinesis = {
      send: ({ input }: PutRecordsCommand) =>
        process.write(async () => {
          for (const { Data = '' } of input.Records ?? []) this.toStream(Data);
          return { Records: [] };
        }),
    };
    return step === 'collect to SQS'
      ? sqsEvents(sqs as unknown as SQSClient, 'events', MINUTE_MS)
      : kinesisEvents(kinesis as unknown as KinesisClient, 'events', MINUTE_MS);
  }

  /** Invokes ingest with the records of a source until none is left, as its event source mapping does. */
  private async deliver(
    step: 'ingest of SQS' | 'ingest of Kinesis' | 'ingest of Kafka',
    processOf: (step: Step) => FaultyProcess,
  ): Promise<void> {
    await this.persist(async () => {
      const process = processOf(step);
      const sqs = {
        send: ({ input }: SendMessageCommand) =>
          process.write(async () => this.deadLetters.push(JSON.parse(input.MessageBody ?? ''))),
      };
      const { batchItemFailures } = await ingest(recordsOf(this.batchOf(step)), {
        bucket: process.bucket(this.pipeline.bucket),
        deadLetters: sqsDeadLetters(sqs as unknown as SQSClient, 'dead'),
        clock: () => new Date(this.pipeline.now),
        logger: silentLogger,
      });
      if (process.isDead) return false;
      const failed = batchItemFailures.map(({ itemIdentifier }) => itemIdentifier);
      if (step === 'ingest of Kafka') this.topics = [];
      if (step === 'ingest of SQS')
        this.queue = this.queue.filter(({ messageId }) => failed.includes(messageId));
      // Of a stream, the first record that failed comes again with all after it.
      if (step === 'ingest of Kinesis') {
        const at = this.stream.findIndex(({ kinesis }) => failed.includes(kinesis.sequenceNumber));
        this.stream = at < 0 ? [] : this.stream.slice(at);
      }
      return failed.length === 0;
    });
  }

  private batchOf(step: 'ingest of SQS' | 'ingest of Kinesis' | 'ingest of Kafka'): unknown {
    if (step !== 'ingest of Kafka') return { Records: step === 'ingest of SQS' ? this.queue : this.stream };
    return kafkaEvent(
      Object.fromEntries(
        this.topics.map(({ topic }) => [topic, this.topics.filter((one) => one.topic === topic)]),
      ),
    );
  }

  /** @param tries at each task in one execution */
  private async execute(processOf: (task: PipelineTask) => FaultyProcess, tries: number): Promise<void> {
    const { bucket } = this.pipeline;
    const files: BatchFile[] = [];
    for await (const { key, etag, size, lastModified } of bucket.list(EVENTS))
      files.push({ key, etag, size, uploaded_at: lastModified.toISOString() });
    await this.persist(async () => {
      await this.pipeline.executeBatch(files, processOf, tries);
      return true;
    });
    // As the workflow does when it archives them.
    for (const { key } of files) await bucket.delete(key);
  }

  /** @param attempt false, or an error by a fault: it is to be repeated */
  private async persist(attempt: () => Promise<boolean>): Promise<void> {
    for (let tries = 0; tries < MAX_TRIES; tries += 1) {
      try {
        if (await attempt()) return;
      } catch (error) {
        if (!(error instanceof CutOffError) && !/CutOffError/.test(String(error))) throw error;
      }
    }
    throw new Error(`did not succeed in ${MAX_TRIES} tries`);
  }

  private accept(event: VisitEvent, source: ShopEvent['source']): void {
    this.accepted.set(event.id, { ...event, source });
  }

  /** @returns its id, or its position, as of a record of the others */
  private toQueue(body: string): string {
    const id = `m${++this.records}`;
    this.queue.push(sqsRecord(body, id, this.pipeline.now));
    return id;
  }

  private toStream(content: string | Uint8Array): string {
    const record = kinesisRecord(content, `495${++this.records}`, this.pipeline.now);
    this.stream.push(record);
    return record.eventID.replace(':', '-');
  }

  /** Kafka stores them after the others, so what it has is a later version. */
  private toTopic(topic: string, value: string | Uint8Array): string {
    const record = kafkaRecord(topic, value, ++this.records, this.pipeline.now + 1000);
    this.topics.push(record);
    return `${topic}-0-${record.offset}`;
  }
}

/** An event as it is sent. */
function native(
  { id, name, at, visitor, path, traffic, device, transaction, value, items }: VisitEvent,
  hasId = true,
): Record<string, unknown> {
  return {
    ...(hasId && { event_id: id }),
    event_name: name,
    event_time: new Date(Number(at / 1000n)).toISOString(),
    client_id: visitor,
    ...(path !== null && { page_url: `https://shop.example${path}${traffic ? EMAIL_QUERY : ''}` }),
    ...(device !== null && { device_type: device }),
    ...(transaction !== null && { transaction_id: transaction }),
    ...(value !== null && { value: Number(value) / 10_000 }),
    items: items.map(({ product, list }) => ({ product_id: product, list_name: list, price: 1 })),
  };
}
