import runTask from './run-task.asl.json';
import spark from './spark.asl.json';

/** From SIGTERM to SIGKILL: the most that Fargate allows. A stopped task uses it to finish the commit in progress. */
export const STOP_GRACE_SECONDS = 120;

const { RunOnLambda, RunOnFargate } = runTask.States;

/**
 * The timeouts of the definitions where batches run on Spark, in seconds. SQS hides a message for 12 hours at most, from its receive; so
 * the pipeline has 11 hours and 25 minutes, as the orchestrator has five minutes to start it, and the messages come back half an hour after
 * its end. A job has seven and a half hours: enough remains for a plan before it, and for every try on Fargate after it,
 * unless the job failed late and was carried out once more.
 */
export const SPARK_TIMEOUTS = { runTask: 39_900, step: 40_200, pipeline: 41_100 } as const;

/** For clocks that differ, and for the time until a task is told to stop. */
export const LIFETIME_MARGIN_SECONDS = 300;

/** The longest time that one run of refresh can be alive: the longest timeout of an engine, the time to stop, and a margin. A job of Spark publishes nothing. */
export const REFRESH_LIFETIME_SECONDS =
  Math.max(RunOnLambda.TimeoutSeconds, RunOnFargate.TimeoutSeconds, spark.PlanForSpark.TimeoutSeconds) +
  STOP_GRACE_SECONDS +
  LIFETIME_MARGIN_SECONDS;
