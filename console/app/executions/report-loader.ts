import { queryOptions } from '@tanstack/react-query';
import {
  type ListedExecution,
  MOST_REPORTS,
  type ReportLine,
  type Reports,
  type ReportsRequest,
} from '../../api/executions';
import { postJson } from '../shared/api';

interface Wanted {
  readonly name: string;
  readonly signal: AbortSignal;
  readonly resolve: (line: ReportLine | null) => void;
  readonly reject: (error: unknown) => void;
}

/** How long rows that come into view are gathered, in milliseconds: those that are out of it by then are not asked for. */
const GATHER_MS = 80;
const RUNNING_MS = 5000;

let wanted: Wanted[] = [];

/** The report of an execution whose row is in view; null where there is none. */
export const reportQuery = ({ name, status }: Pick<ListedExecution, 'name' | 'status'>) =>
  queryOptions({
    queryKey: ['report', name, status === 'RUNNING'],
    queryFn: ({ signal }) => load(name, signal),
    staleTime: status === 'RUNNING' ? RUNNING_MS : Number.POSITIVE_INFINITY,
    refetchInterval: status === 'RUNNING' ? RUNNING_MS : false,
  });

/** Gathers what is asked for at about the same time into one request. */
function load(name: string, signal: AbortSignal): Promise<ReportLine | null> {
  return new Promise((resolve, reject) => {
    if (wanted.length === 0) setTimeout(() => void flush(), GATHER_MS);
    wanted.push({ name, signal, resolve, reject });
  });
}

async function flush(): Promise<void> {
  const batch = wanted.filter(({ signal }) => !signal.aborted);
  wanted = [];
  for (let start = 0; start < batch.length; start += MOST_REPORTS) {
    void ask(batch.slice(start, start + MOST_REPORTS));
  }
}

async function ask(batch: readonly Wanted[]): Promise<void> {
  try {
    const names = [...new Set(batch.map(({ name }) => name))];
    const { reports } = await postJson<Reports>('executions/reports', { names } satisfies ReportsRequest);
    const byName = new Map(reports.map((line) => [line.name, line]));
    for (const { name, resolve } of batch) resolve(byName.get(name) ?? null);
  } catch (error) {
    for (const { reject } of batch) reject(error);
  }
}
