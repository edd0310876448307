import { queryOptions } from '@tanstack/react-query';
import type {
  EventsHealth,
  HealthAnswer,
  HealthParts,
  ReceivedHealth,
  RunbookSection,
  Versions,
  WarehouseHealth,
} from '../../api/health';
import { ApiError, getJson } from '../shared/api';

const REFETCH_MS = 5000;

/** One request for those that are read in a moment. */
const part = <Name extends keyof HealthParts>(name: Name) =>
  queryOptions({
    queryKey: ['health', 'parts'],
    queryFn: ({ signal }) => getJson<HealthAnswer>('health', undefined, signal),
    refetchInterval: REFETCH_MS,
    select: (parts): HealthParts[Name] => {
      const found = parts[name];
      if ('error' in found) throw new ApiError(found.error, 500);
      return found.value;
    },
  });

export const queuesQuery = part('queues');
export const scheduleQuery = part('schedule');
export const executionsQuery = part('executions');
export const maintenanceQuery = part('maintenance');
export const reconciliationQuery = part('reconciliation');
export const schemaChangesQuery = part('schema_changes');
export const alarmsQuery = part('alarms');

const slowPart = <Part>(name: string) =>
  queryOptions({
    queryKey: ['health', name],
    queryFn: ({ signal }) => getJson<Part>(`health/${name}`, undefined, signal),
    refetchInterval: REFETCH_MS,
  });

export const versionsQuery = slowPart<Versions>('versions');
export const eventsQuery = slowPart<EventsHealth>('events');
export const receivedQuery = slowPart<ReceivedHealth>('events/received');

/** @param isAsked whether to connect to the warehouse of a deployment in an account */
export const warehouseQuery = (isAsked: boolean) =>
  queryOptions({
    queryKey: ['health', 'warehouse', isAsked],
    queryFn: ({ signal }) =>
      getJson<WarehouseHealth>('health/warehouse', { status: String(isAsked) }, signal),
    // An open connection keeps Aurora awake: one that was asked for is not repeated.
    refetchInterval: isAsked ? false : REFETCH_MS,
    placeholderData: (before) => before,
  });

export const runbookQuery = (section: string) =>
  queryOptions({
    queryKey: ['health', 'runbook', section],
    queryFn: ({ signal }) =>
      getJson<RunbookSection>(`health/runbook/${encodeURIComponent(section)}`, undefined, signal),
    staleTime: Number.POSITIVE_INFINITY,
  });
