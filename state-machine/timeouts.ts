import runTask from './run-task.asl.json';

/** From SIGTERM to SIGKILL: the most that Fargate allows. A stopped task uses it to finish the commit in progress. */
export const STOP_GRACE_SECONDS = 120;

const { RunOnLambda, RunOnFargate } = runTask.States;

/** For clocks that differ, and for the time until a task is told to stop. */
export const LIFETIME_MARGIN_SECONDS = 300;

/** The longest time that one run of refresh can be alive: the longest timeout of an engine, the time to stop, and a margin. */
export const REFRESH_LIFETIME_SECONDS =
  Math.max(RunOnLambda.TimeoutSeconds, RunOnFargate.TimeoutSeconds) +
  STOP_GRACE_SECONDS +
  LIFETIME_MARGIN_SECONDS;
