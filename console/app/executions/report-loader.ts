import { queryOptions } from '@tanstack/react-query';
import { type ListedExecution, MOST_REPORTS, type Reports, type ReportsRequest } from '../../api/executions';
import { postJson } from '../shared/api';
import { gathering } from './gather';

/** How long rows that come into view are gathered, in milliseconds: those that are out of it by then are not asked for. */
const GATHER_MS = 80;
const RUNNING_MS = 5000;

const load = gathering(
  async (names) => {
    const { reports } = await postJson<Reports>('executions/reports', { names } satisfies ReportsRequest);
    return reports;
  },
  MOST_REPORTS,
  GATHER_MS,
);

/** The report of an execution whose row is in view; null where there is none. */
export const reportQuery = ({ name, status }: Pick<ListedExecution, 'name' | 'status'>) =>
  queryOptions({
    queryKey: ['report', name, status === 'RUNNING'],
    queryFn: ({ signal }) => load(name, signal),
    staleTime: status === 'RUNNING' ? RUNNING_MS : Number.POSITIVE_INFINITY,
    refetchInterval: status === 'RUNNING' ? RUNNING_MS : false,
  });
