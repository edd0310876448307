import type { KinesisService } from '../../kinesis/service';
import type { SecretsService } from '../../secretsmanager/service';
import type { SqsService } from '../../sqs/service';
import { invalidMapping } from './invalid-mapping';
import { KafkaSource } from './kafka-source';
import { KinesisSource } from './kinesis-source';
import { assertSettingsOf } from './mapping';
import type { MappingStore } from './mapping-store';
import type { OpenSource, SourceServices } from './source';
import { SqsSource } from './sqs-source';

interface Sources {
  readonly sqs: SqsService;
  readonly kinesis: KinesisService;
  readonly secrets: SecretsService;
  /** Keeps the positions of mappings in shards. */
  readonly store: MappingStore;
}

/** The sources that a mapping can have. */
export function sourcesOf(services: SourceServices, { sqs, kinesis, secrets, store }: Sources): OpenSource {
  return (mapping) => {
    const { EventSourceArn: arn = '', SelfManagedEventSource } = mapping.settings;
    if (SelfManagedEventSource) {
      assertSettingsOf('topic', mapping.settings);
      return new KafkaSource(mapping, secrets, services);
    }
    if (arn.startsWith('arn:aws:kinesis:')) {
      assertSettingsOf('stream', mapping.settings);
      return new KinesisSource(mapping, kinesis, store, services);
    }
    if (arn.startsWith('arn:aws:sqs:')) {
      assertSettingsOf('queue', mapping.settings);
      return new SqsSource(mapping, consumerOf(sqs, arn), services);
    }
    throw invalidMapping(
      `Unrecognized event source: expected the ARN of a queue or stream as EventSourceArn, or SelfManagedEventSource with the servers of a Kafka cluster; got ${arn || 'neither'}.`,
    );
  };
}

function consumerOf(sqs: SqsService, arn: string) {
  try {
    return sqs.consumer(arn);
  } catch {
    throw invalidMapping(
      `Error occurred while ReceiveMessage. SQS Error Code: AWS.SimpleQueueService.NonExistentQueue. There is no queue ${arn}.`,
    );
  }
}
