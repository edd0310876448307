import type { SqsService } from '../../sqs/service';
import { invalidMapping } from './invalid-mapping';
import type { OpenSource, SourceServices } from './source';
import { SqsSource } from './sqs-source';

/** The sources that a mapping can have. */
export function sourcesOf(services: SourceServices, sqs: SqsService): OpenSource {
  return (mapping) => {
    const arn = mapping.settings.EventSourceArn ?? '';
    if (arn.startsWith('arn:aws:sqs:')) return new SqsSource(mapping, consumerOf(sqs, arn), services);
    throw invalidMapping(
      `Unrecognized event source: expected the ARN of a queue as EventSourceArn, got ${arn}.`,
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
