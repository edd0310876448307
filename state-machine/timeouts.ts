import pipeline from './pipeline.asl.json';

/** From SIGTERM to SIGKILL: the most that Fargate allows. A stopped task uses it to finish the commit in progress. */
export const STOP_GRACE_SECONDS = 120;

const { TimeoutSeconds } = pipeline.States.TransformKpis as { readonly TimeoutSeconds: number };

/** The longest time that a run of transform can be alive: the timeout of its state, and the time it has to stop. */
export const REFRESH_LIFETIME_SECONDS = TimeoutSeconds + STOP_GRACE_SECONDS;
