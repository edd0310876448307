import { queryOptions } from '@tanstack/react-query';
import type {
  AlarmsHealth,
  EventsHealth,
  ExecutionsHealth,
  MaintenanceHealth,
  QueueHealth,
  ReceivedHealth,
  ReconciliationHealth,
  RunbookSection,
  ScheduleHealth,
  SchemaChangesHealth,
  Versions,
  WarehouseHealth,
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

export const eventsQuery = part<EventsHealth>('events');
export const receivedQuery = part<ReceivedHealth>('events/received');

/** @param isAsked whether to connect to the warehouse of a deployment in an account */
export const warehouseQuery = (isAsked: boolean) =>
  queryOptions({
    queryKey: ['health', 'warehouse', isAsked],
    queryFn: ({ signal }) =>
      getJson<WarehouseHealth>('health/warehouse', { status: String(isAsked) }, signal),
    // An open connection keeps Aurora awake: one that was asked for is not repeated.
    refetchInterval: isAsked ? false : 5000,
    placeholderData: (before) => before,
  });

export const runbookQuery = (section: string) =>
  queryOptions({
    queryKey: ['health', 'runbook', section],
    queryFn: ({ signal }) =>
      getJson<RunbookSection>(`health/runbook/${encodeURIComponent(section)}`, undefined, signal),
    staleTime: Number.POSITIVE_INFINITY,
  });
