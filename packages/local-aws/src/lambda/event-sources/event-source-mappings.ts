import { randomUUID } from 'node:crypto';
import { LambdaError } from '../function-config';
import type { LambdaFunctions } from '../functions';
import { invalidMapping } from './invalid-mapping';
import { type EventSourceMapping, type MappingSettings, readSettings } from './mapping';
import type { MappingStore } from './mapping-store';
import type { EventSource, OpenSource } from './source';

interface EventSourceMappingsOptions {
  readonly store: MappingStore;
  readonly functions: LambdaFunctions;
  readonly open: OpenSource;
  readonly log: (line: string) => void;
}

interface Running {
  readonly source: EventSource;
  readonly stopping: AbortController;
  readonly ended: Promise<void>;
}

/**
 * Event source mappings: each reads one queue or stream and invokes a function with batches of its records. They survive
 * the death of the process, and consume between `start` and `stop`.
 */
export class EventSourceMappings {
  private readonly running = new Map<string, Running>();
  private readonly deployed = new Set<string>();
  private isStarted = false;

  constructor(private readonly options: EventSourceMappingsOptions) {}

  /** Creates or replaces a mapping of the template. @throws LambdaError InvalidParameterValueException */
  deploy(uuid: string, input: unknown): EventSourceMapping {
    this.deployed.add(uuid);
    return this.put(uuid, readSettings(input), true);
  }

  /** @throws LambdaError InvalidParameterValueException, ResourceConflictException, ResourceNotFoundException */
  create(input: unknown): EventSourceMapping {
    const settings = readSettings(input);
    const { arn } = this.options.functions.config(settings.FunctionName);
    const same = this.all().find(
      (mapping) => mapping.functionArn === arn && mapping.settings.EventSourceArn === settings.EventSourceArn,
    );
    if (same && settings.EventSourceArn !== undefined) {
      throw new LambdaError(
        'ResourceConflictException',
        `An event source mapping with event source ("${settings.EventSourceArn}") and function ("${arn}") already exists. Please update or delete the existing mapping with UUID ${same.uuid}`,
        409,
      );
    }
    return this.put(randomUUID(), settings, false);
  }

  /**
   * @param input the settings to change
   * @throws LambdaError InvalidParameterValueException, ResourceNotFoundException
   */
  update(uuid: string, input: object): EventSourceMapping {
    const { settings, isOfTemplate } = this.get(uuid);
    if ('EventSourceArn' in input) throw invalidMapping('EventSourceArn cannot be changed.');
    return this.put(uuid, readSettings({ ...settings, ...input }), isOfTemplate);
  }

  /** @returns the deleted mapping. @throws LambdaError ResourceNotFoundException */
  delete(uuid: string): EventSourceMapping {
    const mapping = this.get(uuid);
    this.options.store.delete(uuid);
    void this.restart(uuid);
    return mapping;
  }

  all(): EventSourceMapping[] {
    return this.options.store.all();
  }

  /** @throws LambdaError ResourceNotFoundException */
  get(uuid: string): EventSourceMapping {
    const mapping = this.options.store.get(uuid);
    if (mapping) return mapping;
    throw new LambdaError('ResourceNotFoundException', 'The resource you requested does not exist.', 404);
  }

  lastResult(uuid: string): string | undefined {
    return this.running.get(uuid)?.source.lastResult;
  }

  /** True while a source has records that are not processed yet. */
  get isBusy(): boolean {
    return [...this.running.values()].some(({ source }) => source.isBusy);
  }

  /** Starts all mappings, after the deployment. Those of a template that no longer has them are deleted. */
  start(): void {
    this.isStarted = true;
    for (const { uuid, isOfTemplate } of this.all()) {
      if (isOfTemplate && !this.deployed.has(uuid)) this.options.store.delete(uuid);
      else void this.restart(uuid);
    }
  }

  /** Receives no more records. Batches in progress continue until `close`. */
  stop(): void {
    this.isStarted = false;
    for (const { stopping } of this.running.values()) stopping.abort();
  }

  /** Waits for batches in progress; close the functions first. */
  async close(): Promise<void> {
    this.stop();
    await Promise.all([...this.running.values()].map(({ ended }) => ended));
    this.options.store.close();
  }

  private put(uuid: string, settings: MappingSettings, isOfTemplate: boolean): EventSourceMapping {
    const { arn } = this.options.functions.config(settings.FunctionName);
    const mapping = { uuid, functionArn: arn, settings, modifiedAt: Date.now(), isOfTemplate };
    this.assertOwnGroup(mapping);
    this.options.open(mapping).check();
    this.options.store.put(mapping);
    void this.restart(uuid);
    return mapping;
  }

  /** https://docs.aws.amazon.com/lambda/latest/api/API_SelfManagedKafkaEventSourceConfig.html */
  private assertOwnGroup({ uuid, settings }: EventSourceMapping): void {
    const id = settings.SelfManagedKafkaEventSourceConfig?.ConsumerGroupId;
    const isStale = (mapping: EventSourceMapping) => mapping.isOfTemplate && !this.deployed.has(mapping.uuid);
    const other = this.all().find(
      (mapping) =>
        mapping.uuid !== uuid &&
        mapping.settings.SelfManagedKafkaEventSourceConfig?.ConsumerGroupId === id &&
        !isStale(mapping),
    );
    if (id === undefined || !other) return;
    throw invalidMapping(
      `The consumer group ID ${id} is that of the mapping ${other.uuid}, topic ${other.settings.Topics?.join()}: it must be unique among all Kafka event sources.`,
    );
  }

  /** Ends the consumer of a mapping, then starts one with its current settings. */
  private async restart(uuid: string): Promise<void> {
    const before = this.running.get(uuid);
    before?.stopping.abort();
    await before?.ended;
    const mapping = this.options.store.get(uuid);
    if (this.running.get(uuid) !== before) return;
    this.running.delete(uuid);
    if (!this.isStarted || !mapping || mapping.settings.Enabled === false) return;
    const stopping = new AbortController();
    try {
      const source = this.options.open(mapping);
      this.running.set(uuid, { source, stopping, ended: source.run(stopping.signal) });
    } catch (error) {
      this.options.log(`event source mapping ${uuid}: ${error instanceof Error ? error.message : error}`);
    }
  }
}
