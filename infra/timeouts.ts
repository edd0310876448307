import { Duration } from 'aws-cdk-lib';
import pipeline from '../state-machine/pipeline.asl.json';
import { SPARK_TIMEOUTS } from '../state-machine/timeouts';

/**
 * A message stays hidden for longer than an execution can run, or a second execution would take up its file.
 * @param hasSpark whether batches run on Spark, which can take hours
 */
export const visibilityTimeout = (hasSpark: boolean): Duration =>
  Duration.seconds(hasSpark ? SPARK_TIMEOUTS.pipeline : pipeline.TimeoutSeconds).plus(Duration.minutes(30));

export const ORCHESTRATOR_TIMEOUT = Duration.minutes(5);

/** Until an execution has them, messages stay hidden for no longer than the orchestrator can still be at work. */
export const RECEIVED_VISIBILITY = ORCHESTRATOR_TIMEOUT.plus(Duration.minutes(1));

/**
 * How long a file lies in input/, and nobody deals with it, before its message is taken for lost. S3 tells of an upload in
 * seconds, in minutes at the worst; a received message comes back before that.
 */
export const RECONCILE_AFTER = Duration.minutes(15);

/** Of the one orchestrator that may be at work: it outlasts its holder, whose own timeout ends it. */
export const LEASE = ORCHESTRATOR_TIMEOUT.plus(Duration.minutes(1));

export const SETTLE_TIMEOUT = Duration.minutes(4);

/** Of a group of files: seconds, but S3 takes minutes to copy the gigabytes that a batch can hold, or one file can be. */
export const MOVE_TIMEOUT = Duration.minutes(10);

/**
 * Of a task as a function: ten times what the largest small batch was seen to take, and below what its state waits for it.
 * Three of them that time out, and go on to Fargate, still leave the state machine time for that.
 */
export const TASK_FUNCTION_TIMEOUT = Duration.minutes(5);

/** Of an HTTP request with events: below the 30 seconds that an HTTP API waits. */
export const COLLECT_TIMEOUT = Duration.seconds(15);

/** After which collect answers 503, with time left to do so. */
export const COLLECT_STORE_DEADLINE = Duration.seconds(8);

/** Of a batch of at most 6 MB: two objects of S3, which take a second. */
export const INGEST_TIMEOUT = Duration.minutes(1);

/** Of a download of currency rates: a second, and a minute if the server is slow. */
export const RATES_TIMEOUT = Duration.minutes(2);

/**
 * How long a message of events stays hidden: six times the timeout of the function and the batching window, as Lambda recommends.
 * https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-configure.html
 */
export const eventVisibility = (windowSeconds: number): Duration =>
  Duration.seconds(6 * INGEST_TIMEOUT.toSeconds() + windowSeconds);
