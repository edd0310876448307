import { keepPreviousData, queryOptions } from '@tanstack/react-query';
import type {
  DescribedExecution,
  ExecutionEvent,
  ExecutionFile,
  History,
  LogLines,
} from '../../api/executions';
import { getJson } from '../shared/api';

/** Polling interval while an execution runs, in milliseconds. */
export const LIVE_MS = 1000;
const FILES_MS = 3000;
const OPEN_FILES_MS = 10_000;
/** CloudWatch Logs lets an account search five times a second. */
const LOGS_MS = 2000;
/** How long after its end a state's log can still get lines. */
const LATE_LINES_MS = 15_000;

const pathOf = (name: string, what = ''): string =>
  `executions/${encodeURIComponent(name)}${what && `/${what}`}`;

export const executionPath = pathOf;

export const executionQuery = (name: string) =>
  queryOptions({
    queryKey: ['execution', name],
    queryFn: ({ signal }) => getJson<DescribedExecution>(pathOf(name), undefined, signal),
    refetchInterval: ({ state }) => (state.data && state.data.status !== 'RUNNING' ? false : LIVE_MS),
  });

/**
 * The events so far. Until the execution has ended, each poll requests only new events.
 * @param run the name of a nested execution to read instead
 */
export const historyQuery = (name: string, run?: string) => {
  const queryKey = ['execution', name, 'history', run];
  return queryOptions({
    queryKey,
    queryFn: async ({ client, signal }): Promise<readonly ExecutionEvent[]> => {
      const known = client.getQueryData<readonly ExecutionEvent[]>(queryKey) ?? [];
      const after = known.at(-1)?.id ?? 0;
      const { events } = await getJson<History>(pathOf(name, 'history'), { after, run }, signal);
      return events.length === 0 ? known : [...known, ...events];
    },
    // Events never change, and comparing them costs more than rendering.
    structuralSharing: false,
    refetchInterval: ({ state }) => (hasEnded(state.data) ? false : LIVE_MS),
  });
};

export const hasEnded = (events: readonly ExecutionEvent[] | undefined): boolean =>
  /^Execution(Succeeded|Failed|Aborted|TimedOut)$/.test(events?.at(-1)?.type ?? '');

export const definitionQuery = (name: string) =>
  queryOptions({
    queryKey: ['execution', name, 'definition'],
    queryFn: ({ signal }) => getJson<unknown>(pathOf(name, 'definition'), undefined, signal),
    staleTime: Number.POSITIVE_INFINITY,
  });

export const filesQuery = (name: string, isRunning: boolean) =>
  queryOptions({
    queryKey: ['execution', name, 'files', isRunning],
    queryFn: ({ signal }) => getJson<ExecutionFile[]>(pathOf(name, 'files'), undefined, signal),
    placeholderData: keepPreviousData,
    // Released files are processed by other executions.
    refetchInterval: ({ state }) =>
      isRunning ? FILES_MS : (state.data ?? []).some(isOpen) ? OPEN_FILES_MS : false,
  });

const isOpen = ({ outcome }: ExecutionFile): boolean => outcome === 'waiting' || outcome === 'running';

export interface LogsRequest {
  readonly execution: string;
  /** The name of the nested execution that contains the state. */
  readonly run?: string | undefined;
  readonly state: string;
  readonly from: string;
  /** null while the state runs. */
  readonly to: string | null;
}

export const logsQuery = ({ execution, run, state, from, to }: LogsRequest) =>
  queryOptions({
    queryKey: ['execution', execution, 'logs', run, state, from, to],
    queryFn: ({ signal }) =>
      getJson<LogLines>(pathOf(execution, 'logs'), { run, state, from, to: to ?? undefined }, signal),
    placeholderData: keepPreviousData,
    refetchInterval: () => (to === null || Date.now() < Date.parse(to) + LATE_LINES_MS ? LOGS_MS : false),
  });
