import { useInfiniteQuery, useQuery, useQueryClient } from '@tanstack/react-query';
import { useEffect, useMemo, useState } from 'react';
import type { Outcome } from '../../../domain/ledger';
import type { FileCounts, FilePage, KeyUploads } from '../../api/files';
import { getJson } from '../shared/api';
import { mergeFiles } from './merge-files';

const BUSY_MS = 1000;
const QUIET_MS = 5000;

const NO_FILES: FilePage = { files: [], next: null, searched: 0 };

const isBusy = (counts: FileCounts | undefined): boolean =>
  counts !== undefined && counts.waiting.count + counts.running.count > 0;

/** Uploads by outcome, refreshed every second while files are waiting or running. */
export function useCounts() {
  return useQuery({
    queryKey: ['files', 'counts'],
    queryFn: ({ signal }) => getJson<FileCounts>('files/counts', undefined, signal),
    refetchInterval: ({ state }) => (isBusy(state.data) ? BUSY_MS : QUIET_MS),
  });
}

/** A list of uploads: the first page is refreshed, further pages are loaded on scrolling. */
export function useFileList(status: Outcome | undefined, q: string) {
  const busy = isBusy(useCounts().data);
  const list = `${status ?? ''} ${q}`;
  const [deepList, setDeepList] = useState('');
  const isDeep = deepList === list;
  const further = ['files-further', list];
  const client = useQueryClient();
  const fetchPage = (after: string | undefined, signal: AbortSignal) =>
    getJson<FilePage>('files', { status, q: q || undefined, after }, signal);
  const head = useQuery({
    queryKey: ['files', 'list', list],
    queryFn: ({ signal }) => fetchPage(undefined, signal),
    refetchInterval: busy ? BUSY_MS : QUIET_MS,
  });
  const deep = useInfiniteQuery({
    queryKey: further,
    queryFn: ({ pageParam, signal }) => fetchPage(pageParam, signal),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: ({ next }) => next ?? undefined,
    enabled: isDeep,
    staleTime: Number.POSITIVE_INFINITY,
    // Files leave these lists, so loaded pages become stale.
    refetchInterval: busy && (status === 'waiting' || status === 'running') ? 15_000 : false,
  });
  const pages = isDeep ? deep.data?.pages : undefined;
  const { files, hasGap } = useMemo(() => mergeFiles(head.data ?? NO_FILES, pages ?? []), [head.data, pages]);
  const { refetch } = deep;
  useEffect(() => {
    if (hasGap) void refetch();
  }, [hasGap, refetch]);
  const hasMore = isDeep ? deep.hasNextPage : Boolean(head.data?.next);
  return {
    head,
    files,
    hasMore,
    isFetchingMore: deep.isFetching,
    searched: (pages ?? [head.data ?? NO_FILES]).reduce((sum, page) => sum + page.searched, 0),
    error: deep.error,
    more: () => {
      if (!hasMore || deep.isFetching) return;
      if (!isDeep) {
        client.setQueryData(further, { pages: [head.data], pageParams: [undefined] });
        setDeepList(list);
      }
      void deep.fetchNextPage();
    },
  };
}

/** All uploads of a key, refreshed every second while one is waiting or running. */
export function useUploadsOf(key: string) {
  return useQuery({
    queryKey: ['files', 'uploads', key],
    queryFn: ({ signal }) => getJson<KeyUploads>('files/uploads', { key }, signal),
    refetchInterval: ({ state }) =>
      state.data?.uploads.some(({ outcome }) => outcome === 'waiting' || outcome === 'running')
        ? BUSY_MS
        : QUIET_MS,
  });
}
