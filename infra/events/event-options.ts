/** Which entry points for events a deployment has, and their limits. */
export interface EventOptions {
  /** Origins of web pages that may post events, such as `https://shop.example`; `*` for every one. */
  readonly origins: readonly string[];
  /** Requests per second beyond which the HTTP API answers 429. */
  readonly requestsPerSecond: number;
  /** Seconds that events are collected for one file, at most 300. */
  readonly windowSeconds: number;
  /** Minutes that files of events wait for others, so that they share an execution; 0: they do not wait. */
  readonly fileWaitMinutes: number;
  /** Whether there is a Kinesis stream, which collect writes to instead of the queue. */
  readonly stream: boolean;
  readonly kafka?: KafkaOptions | undefined;
}

/** Topics of a Kafka cluster, on MSK or anywhere else. */
export interface KafkaOptions {
  /** `host:port` of brokers. */
  readonly bootstrap: readonly string[];
  readonly topics: readonly string[];
  /** The ARN of a secret with `username` and `password`; without it the brokers are asked without credentials. */
  readonly secretArn?: string | undefined;
  readonly authentication: 'SASL_SCRAM_512_AUTH' | 'SASL_SCRAM_256_AUTH' | 'BASIC_AUTH';
  /** Where the brokers are reached from; empty for public brokers. */
  readonly subnetIds: readonly string[];
  readonly securityGroupId?: string | undefined;
}

/** The longest batching window of Lambda: https://docs.aws.amazon.com/lambda/latest/dg/invocation-eventsourcemapping.html */
export const MAX_WINDOW_SECONDS = 300;

/** docs/cost.md has the arithmetic of the window and the wait. */
export const DEFAULT_EVENTS: EventOptions = {
  origins: ['*'],
  requestsPerSecond: 200,
  windowSeconds: MAX_WINDOW_SECONDS,
  fileWaitMinutes: 60,
  stream: false,
};

export const DEFAULT_TOPICS = ['clicks', 'cart', 'purchases'] as const;
