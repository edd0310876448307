import type { TaskMetrics } from '../../tasks/metrics';

export const silentMetrics: TaskMetrics = { emit() {} };
