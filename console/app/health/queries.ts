import { queryOptions } from '@tanstack/react-query';
import type {
  AlarmsHealth,
  ExecutionsHealth,
  MaintenanceHealth,
  QueueHealth,
  ReconciliationHealth,
  RunbookSection,
  ScheduleHealth,
  SchemaChangesHealth,
  Versions,
} from '../../api/health';
import { getJson } from '../shared/api';

const part = <Part>(name: string) =>
  queryOptions({
    queryKey: ['health', name],
    queryFn: ({ signal }) => getJson<Part>(`health/${name}`, undefined, signal),
    refetchInterval: 5000,
  });

export const queuesQuery = part<QueueHealth>('queues');
export const scheduleQuery = part<ScheduleHealth>('schedule');
export const executionsQuery = part<ExecutionsHealth>('executions');
export const maintenanceQuery = part<MaintenanceHealth>('maintenance');
export const reconciliationQuery = part<ReconciliationHealth>('reconciliation');
export const schemaChangesQuery = part<SchemaChangesHealth>('schema-changes');
export const alarmsQuery = part<AlarmsHealth>('alarms');
export const versionsQuery = part<Versions>('versions');

export const runbookQuery = (section: string) =>
  queryOptions({
    queryKey: ['health', 'runbook', section],
    queryFn: ({ signal }) =>
      getJson<RunbookSection>(`health/runbook/${encodeURIComponent(section)}`, undefined, signal),
    staleTime: Number.POSITIVE_INFINITY,
  });
