import { infiniteQueryOptions, keepPreviousData, queryOptions } from '@tanstack/react-query';
import type {
  CommitDetail,
  CommitPage,
  LakeTables,
  PartitionValues,
  QueryHelp,
  RowsPreview,
  TableFiles,
} from '../../api/lake';
import { getJson } from '../shared/api';

/** Queries of the lake pages. A version never changes, so its data is requested once. */

export const tablesQuery = queryOptions({
  queryKey: ['lake', 'tables'],
  queryFn: ({ signal }) => getJson<LakeTables>('lake/tables', undefined, signal),
  refetchInterval: 5000,
});

const COMMITS = 50;

/** @param newest the newest version; a new one reloads the list */
export const commitsQuery = (table: string, newest: number) =>
  infiniteQueryOptions({
    queryKey: ['lake', 'commits', table, newest],
    queryFn: ({ pageParam, signal }) =>
      getJson<CommitPage>(
        `lake/tables/${encodeURIComponent(table)}/commits`,
        { limit: COMMITS, ...(pageParam !== null && { before: pageParam }) },
        signal,
      ),
    initialPageParam: null as number | null,
    getNextPageParam: ({ before }) => before,
    placeholderData: keepPreviousData,
    staleTime: Number.POSITIVE_INFINITY,
  });

export const commitQuery = (table: string, version: number) =>
  queryOptions({
    queryKey: ['lake', 'commit', table, version],
    queryFn: ({ signal }) =>
      getJson<CommitDetail>(`lake/tables/${encodeURIComponent(table)}/commits/${version}`, undefined, signal),
    staleTime: Number.POSITIVE_INFINITY,
  });

export const filesQuery = (table: string, version: number) =>
  queryOptions({
    queryKey: ['lake', 'files', table, version],
    queryFn: ({ signal }) =>
      getJson<TableFiles>(`lake/tables/${encodeURIComponent(table)}/files`, { version }, signal),
    staleTime: Number.POSITIVE_INFINITY,
    placeholderData: keepPreviousData,
  });

export interface RowsChoice {
  readonly partition?: PartitionValues | undefined;
  readonly file?: string | undefined;
}

export const ROWS = 200;

export const rowsQuery = (table: string, version: number, { partition, file }: RowsChoice) =>
  queryOptions({
    queryKey: ['lake', 'rows', table, version, partition, file],
    queryFn: ({ signal }) =>
      getJson<RowsPreview>(
        `lake/tables/${encodeURIComponent(table)}/rows`,
        { version, limit: ROWS, file, partition: partition && JSON.stringify(partition) },
        signal,
      ),
    staleTime: Number.POSITIVE_INFINITY,
    // Maintenance may delete the files of old versions, so rows are not cached for long.
    gcTime: 60_000,
  });

export const helpQuery = queryOptions({
  queryKey: ['lake', 'query'],
  queryFn: ({ signal }) => getJson<QueryHelp>('lake/query', undefined, signal),
  staleTime: Number.POSITIVE_INFINITY,
});
