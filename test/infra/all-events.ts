import type { EventOptions } from '../../infra/events/event-options';

/** Every entry point for events. */
export const ALL_EVENTS: EventOptions = {
  origins: ['https://shop.example'],
  requestsPerSecond: 50,
  windowSeconds: 60,
  fileWaitMinutes: 30,
  stream: true,
  kafka: {
    bootstrap: ['b1.example:9096', 'b2.example:9096'],
    topics: ['clicks', 'cart', 'purchases'],
    secretArn: 'arn:aws:secretsmanager:eu-central-1:111111111111:secret:kafka-AbCdEf',
    authentication: 'SASL_SCRAM_512_AUTH',
    subnetIds: ['subnet-0123456789abcdef0'],
    securityGroupId: 'sg-0123456789abcdef0',
  },
};
