import { infiniteQueryOptions, queryOptions } from '@tanstack/react-query';
import type { ContractDetail, ContractDraft, ContractList } from '../../api/contracts';
import type { FilePage } from '../../api/files';
import { getJson, putFile } from '../shared/api';

/** The contracts of the console's process never change. */
export const contractsQuery = queryOptions({
  queryKey: ['contracts'],
  queryFn: ({ signal }) => getJson<ContractList>('contracts', undefined, signal),
  staleTime: Number.POSITIVE_INFINITY,
});

const pathOf = (name: string) => `contracts/definitions/${encodeURIComponent(name)}`;

export const contractQuery = (name: string) =>
  queryOptions({
    queryKey: ['contracts', 'definition', name],
    queryFn: ({ signal }) => getJson<ContractDetail>(pathOf(name), undefined, signal),
    staleTime: Number.POSITIVE_INFINITY,
  });

/** Searches the ledger, so less often than a list of one outcome. */
const FILES_MS = 10_000;

export const contractFilesQuery = (name: string) =>
  infiniteQueryOptions({
    queryKey: ['files', 'of-contract', name],
    queryFn: ({ pageParam, signal }) =>
      getJson<FilePage>(`${pathOf(name)}/files`, { after: pageParam ?? undefined }, signal),
    initialPageParam: null as string | null,
    getNextPageParam: ({ next }) => next,
    refetchInterval: FILES_MS,
  });

export const draftFromFile = (file: File, signal: AbortSignal): Promise<ContractDraft> =>
  putFile<ContractDraft>('contracts/draft', { name: file.name }, file, signal);
