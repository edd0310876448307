import { useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { useEffect, useMemo } from 'react';
import type { ExecutionPage, ListedExecution } from '../../api/executions';
import { useAbout } from '../shared/about';
import { getJson } from '../shared/api';
import { isBefore, type ListFilter, matcher } from './list-filter';
import { hasGap, mergePages } from './merge-pages';

/** Rows per page fetched while scrolling, and of the first page, which is polled. */
const PAGE = 500;
const NEWEST = 50;
const RUNNING_MS = 1000;
const QUIET_MS = 5000;
/** This many rows fill any screen; with fewer matches, more pages are searched. */
const FULL = 40;

export interface Executions {
  /** Matching executions, newest first. */
  readonly rows: readonly ListedExecution[];
  /** Number of executions searched. */
  readonly searched: number;
  /** There are no more. */
  readonly isAll: boolean;
  readonly isFetching: boolean;
  readonly isLoading: boolean;
  readonly error: Error | null;
  readonly more: () => void;
  readonly retry: () => void;
}

/** The list under a filter, which keeps itself up to date. Its pages are fetched as they are needed. */
export function useExecutions(filter: ListFilter): Executions {
  const timeZone = useAbout()?.timeZone ?? 'UTC';
  const status = filter.status || undefined;
  const onlyRunning = filter.status === 'RUNNING';
  const newest = useQuery({
    queryKey: ['executions', 'newest', filter.status],
    queryFn: ({ signal }) => getJson<ExecutionPage>('executions', { status, limit: NEWEST }, signal),
    refetchInterval: ({ state }) =>
      state.data?.executions.some((one) => one.status === 'RUNNING') ? RUNNING_MS : QUIET_MS,
  });
  const older = useInfiniteQuery({
    queryKey: ['executions', 'pages', filter.status],
    queryFn: ({ pageParam, signal }) =>
      getJson<ExecutionPage>('executions', { status, limit: PAGE, token: pageParam }, signal),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (page: ExecutionPage) => page.next ?? undefined,
    staleTime: Number.POSITIVE_INFINITY,
    enabled: !onlyRunning,
  });
  const { hasNextPage, isFetching, fetchNextPage, refetch, isFetchNextPageError } = older;

  const head = newest.data?.executions;
  const pages = older.data?.pages;
  const all = useMemo(
    () =>
      mergePages(
        head ?? [],
        (pages ?? []).map((page) => page.executions),
        onlyRunning,
      ),
    [head, pages, onlyRunning],
  );
  const rows = useMemo(() => all.filter(matcher(filter, timeZone)), [all, filter, timeZone]);
  const gap =
    newest.data !== undefined &&
    hasGap(
      newest.data.executions,
      (pages ?? []).map((page) => page.executions),
      newest.data.next === null,
    );
  const oldest = all.at(-1);
  const isAll = !hasNextPage || (oldest !== undefined && isBefore(filter, timeZone, oldest.started));

  useEffect(() => {
    if (gap) void refetch();
  }, [gap, refetch]);
  useEffect(() => {
    if (rows.length < FULL && !isAll && !isFetching && !isFetchNextPageError) void fetchNextPage();
  }, [rows.length, isAll, isFetching, isFetchNextPageError, fetchNextPage]);

  return {
    rows,
    searched: all.length,
    isAll,
    isFetching,
    isLoading: head === undefined || (!onlyRunning && pages === undefined),
    error: newest.error ?? older.error,
    more: () => {
      if (!isAll && !isFetching) void fetchNextPage();
    },
    retry: () => {
      void newest.refetch();
      void older.refetch();
    },
  };
}
