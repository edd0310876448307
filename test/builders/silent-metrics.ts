import type { TaskMetrics } from '../../runtime/metrics';

export const silentMetrics: TaskMetrics = { emit() {} };
