import { keepPreviousData, queryOptions } from '@tanstack/react-query';
import type {
  FileLine,
  LineageRows,
  LineageTables,
  LineageUploads,
  MartRowLineage,
  StagedRowLineage,
} from '../../api/lineage';
import { getJson } from '../shared/api';

type Key = Readonly<Record<string, string>>;

/** An execution can change the row or what it was computed from. */
const REFRESH_MS = 10_000;

export const ROWS = 50;

export const tablesQuery = queryOptions({
  queryKey: ['lineage', 'tables'],
  queryFn: ({ signal }) => getJson<LineageTables>('lineage', undefined, signal),
  staleTime: Number.POSITIVE_INFINITY,
});

const martPath = (mart: string) => `lineage/marts/${encodeURIComponent(mart)}`;

export const martRowQuery = (mart: string, key: Key) =>
  queryOptions({
    queryKey: ['lineage', 'mart', mart, key],
    queryFn: ({ signal }) => getJson<MartRowLineage>(martPath(mart), key, signal),
    refetchInterval: REFRESH_MS,
  });

/** @param version of the mart's table; a new one reloads the rows */
export const inputRowsQuery = (mart: string, key: Key, version: number, view: string, offset: number) =>
  queryOptions({
    queryKey: ['lineage', 'input', mart, key, version, view, offset],
    queryFn: ({ signal }) =>
      getJson<LineageRows>(
        `${martPath(mart)}/inputs/${encodeURIComponent(view)}`,
        { ...key, offset, limit: ROWS },
        signal,
      ),
    staleTime: Number.POSITIVE_INFINITY,
    placeholderData: keepPreviousData,
  });

export const stagedRowQuery = (kind: string, key: Key) =>
  queryOptions({
    queryKey: ['lineage', 'staging', kind, key],
    queryFn: ({ signal }) =>
      getJson<StagedRowLineage>(`lineage/staging/${encodeURIComponent(kind)}`, key, signal),
    refetchInterval: REFRESH_MS,
  });

export const uploadsQuery = (key: string, at: string) =>
  queryOptions({
    queryKey: ['lineage', 'uploads', key, at],
    queryFn: ({ signal }) => getJson<LineageUploads>('lineage/uploads', { key, at }, signal),
  });

export const lineQuery = (key: string, upload: string, line: number) =>
  queryOptions({
    queryKey: ['lineage', 'line', key, upload, line],
    queryFn: ({ signal }) => getJson<FileLine>('lineage/line', { key, upload, line }, signal),
    // An archived file never changes.
    staleTime: Number.POSITIVE_INFINITY,
  });
