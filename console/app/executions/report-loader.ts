import { queryOptions } from '@tanstack/react-query';
import { type ListedExecution, MAX_REPORTS, type Reports, type ReportsRequest } from '../../api/executions';
import { postJson } from '../shared/api';
import { gathering } from './gather';

/** How long visible rows are collected into one request, in milliseconds. Rows that have left the view by then are skipped. */
const GATHER_MS = 80;
const RUNNING_MS = 5000;

const load = gathering(
  async (names) => {
    const { reports } = await postJson<Reports>('executions/reports', { names } satisfies ReportsRequest);
    return reports;
  },
  MAX_REPORTS,
  GATHER_MS,
);

/** The report of a visible row's execution; null if there is none. */
export const reportQuery = ({ name, status }: Pick<ListedExecution, 'name' | 'status'>) =>
  queryOptions({
    queryKey: ['report', name, status === 'RUNNING'],
    queryFn: ({ signal }) => load(name, signal),
    staleTime: status === 'RUNNING' ? RUNNING_MS : Number.POSITIVE_INFINITY,
    refetchInterval: status === 'RUNNING' ? RUNNING_MS : false,
  });
