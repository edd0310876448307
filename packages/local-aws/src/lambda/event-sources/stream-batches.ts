import { failedItems } from './batch-response';
import { FailureDestination } from './failure-destination';
import { type EventSourceMapping, reportsFailures } from './mapping';
import type { BatchHandler, RetryPolicy } from './ordered-delivery';
import type { RoleCalls, SourceServices } from './source';

/** The parts of a batch that depend on the kind of stream. */
interface BatchFormat<Item> {
  /** The shard or partition, for the key of an object. */
  readonly part: string;
  eventOf(items: readonly Item[]): object;
  /** The records in an invocation record. */
  batchInfoOf(items: readonly Item[], event: string): object;
  /** The `itemIdentifier` of a record, as text. */
  identifierOf(item: Item): string;
  /** Milliseconds since the epoch. */
  arrivedAt(item: Item): number;
  checkpoint(items: readonly Item[]): unknown;
}

/** Invokes the function of a mapping with batches of a stream, and reports records that are given up. */
export class StreamBatches {
  lastResult: string | undefined;
  private readonly destination: FailureDestination | undefined;

  constructor(
    private readonly mapping: EventSourceMapping,
    calls: RoleCalls,
    private readonly services: SourceServices,
  ) {
    const arn = mapping.settings.DestinationConfig?.OnFailure?.Destination;
    this.destination = arn === undefined ? undefined : new FailureDestination(arn, calls, services);
  }

  /** @throws LambdaError InvalidParameterValueException */
  check(): void {
    this.destination?.check();
  }

  get policy(): RetryPolicy {
    const {
      BisectBatchOnFunctionError,
      MaximumRetryAttempts = -1,
      MaximumRecordAgeInSeconds = -1,
    } = this.mapping.settings;
    return {
      bisects: BisectBatchOnFunctionError === true,
      maxRetries: MaximumRetryAttempts < 0 ? undefined : MaximumRetryAttempts,
      maxAgeMs: MaximumRecordAgeInSeconds < 0 ? undefined : 1000 * MaximumRecordAgeInSeconds,
    };
  }

  handler<Item>(format: BatchFormat<Item>): BatchHandler<Item> {
    const { functionArn, settings, uuid } = this.mapping;
    const { functions, log } = this.services;
    return {
      invoke: async (items) => {
        const indexes = new Map(items.map((item, index) => [format.identifierOf(item), index]));
        try {
          const event = JSON.stringify(format.eventOf(items));
          const result = await functions.invokeForSource(functionArn, event);
          const failed = failedItems(
            result,
            reportsFailures(settings),
            (id) => indexes.get(textOf(id)) ?? -1,
          );
          this.lastResult = failed.length === 0 ? 'OK' : 'PROBLEM: Function call failed';
          const failedAt = failed === 'all' ? 0 : failed.length > 0 ? Math.min(...failed) : undefined;
          return { failedAt, hasRun: true, requestId: result.requestId };
        } catch (error) {
          this.lastResult = `PROBLEM: ${error}`;
          return { failedAt: 0, hasRun: false };
        }
      },
      checkpoint: async (items) => void (await format.checkpoint(items)),
      ageOf: (item) => this.services.now() - format.arrivedAt(item),
      discard: async (items, why) => {
        if (!this.destination) {
          log(`event source ${format.part}: ${items.length} records were discarded (${why.condition})`);
          return;
        }
        const event = JSON.stringify(format.eventOf(items));
        const batchInfo = format.batchInfoOf(items, event);
        await this.destination.send({
          ...why,
          functionArn,
          mappingUuid: uuid,
          part: format.part,
          batchInfo,
          event,
        });
      },
    };
  }
}

/** Identifiers of Kafka are objects: `{"partition": "clicks-0", "offset": 7}`. */
function textOf(identifier: unknown): string {
  if (typeof identifier !== 'object' || identifier === null) return String(identifier);
  const { partition, offset } = identifier as { partition?: unknown; offset?: unknown };
  return `${partition}-${offset}`;
}
