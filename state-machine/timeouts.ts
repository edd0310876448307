import runTask from './run-task.asl.json';

/** From SIGTERM to SIGKILL: the most that Fargate allows. A stopped task uses it to finish the commit in progress. */
export const STOP_GRACE_SECONDS = 120;

const { RunOnLambda, RunOnFargate } = runTask.States;

/** The longest time that one run of refresh can be alive: the longest timeout of an engine, and the time it has to stop. */
export const REFRESH_LIFETIME_SECONDS =
  Math.max(RunOnLambda.TimeoutSeconds, RunOnFargate.TimeoutSeconds) + STOP_GRACE_SECONDS;
