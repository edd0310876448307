import { Faults } from 'local-aws/faults';

/** Faults of the pipeline; in its keys `{execution}` stands for an execution's id. */
export const pipelineFaults = (): Faults => new Faults({ execution: /\d{8}T\d{6}Z-[0-9a-f]{12}/g });
