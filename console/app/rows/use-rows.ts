import { queryOptions, usePrefetchQuery, useQuery } from '@tanstack/react-query';
import { useSearchParams } from 'wouter';
import type { RowsPage, RowsPreparing } from '../../api/rows';
import { getJson, type Query } from '../shared/api';
import type { TableSort } from '../shared/data-table';

/** How often rows are read again, in milliseconds, and how often while they are being prepared. */
const POLL_MS = 5_000;
const PREPARING_MS = 500;

/** Which rows a page shows, from its address. */
export interface RowsChoice {
  readonly page: number;
  readonly sort: string | undefined;
  readonly desc: boolean;
  /** Conditions as text: `revenue>=10`. */
  readonly where: readonly string[];
  readonly from: string | undefined;
  readonly to: string | undefined;
}

export interface ChooseRows {
  page(page: number): void;
  /** undefined for the initial order. */
  sort(sort: TableSort | undefined): void;
  where(conditions: readonly string[]): void;
  days(days: { readonly from?: string | undefined; readonly to?: string | undefined }): void;
}

/** @param initial the order of an address without one */
export function useRowsChoice(initial?: { readonly sort: string; readonly desc: boolean }): {
  choice: RowsChoice;
  choose: ChooseRows;
} {
  const [search, setSearch] = useSearchParams();
  const get = (name: string) => search.get(name) || undefined;
  const page = Number(get('page') ?? 1);
  const sort = get('sort');
  const set = (change: (params: URLSearchParams) => void) =>
    setSearch((old) => {
      const params = new URLSearchParams(old);
      params.delete('page');
      change(params);
      return params;
    });
  const put = (params: URLSearchParams, name: string, value: string | undefined) =>
    value === undefined || value === '' ? params.delete(name) : params.set(name, value);
  return {
    choice: {
      page: Number.isSafeInteger(page) && page >= 1 ? page : 1,
      sort: sort ?? initial?.sort,
      desc: sort === undefined ? (initial?.desc ?? false) : get('desc') === 'true',
      where: search.getAll('where'),
      from: get('from'),
      to: get('to'),
    },
    choose: {
      page: (to) => set((params) => put(params, 'page', to === 1 ? undefined : String(to))),
      sort: (to) =>
        set((params) => {
          put(params, 'sort', to?.id);
          put(params, 'desc', to?.desc ? 'true' : undefined);
        }),
      where: (conditions) =>
        set((params) => {
          params.delete('where');
          for (const condition of conditions) params.append('where', condition);
        }),
      days: ({ from, to }) =>
        set((params) => {
          put(params, 'from', from);
          put(params, 'to', to);
        }),
    },
  };
}

/** The conditions of a choice as parameters of a request, without page and order. */
export const conditionsOf = ({ where, from, to }: RowsChoice): Query => ({ where, from, to });

/** Reads something of rows, again and again, sooner while they are being prepared. @param path below `/api/` */
export function useOfRows<Result>(path: string, query: Query) {
  const options = queryOptions({
    queryKey: ['rows', path, query],
    queryFn: ({ signal }) => getJson<Result | RowsPreparing>(path, query, signal),
    refetchInterval: ({ state: { data } }) => (data && isPreparing(data) ? PREPARING_MS : POLL_MS),
    // Not those of another path, whose columns differ.
    placeholderData: (previous, before) => (before?.queryKey[1] === path ? previous : undefined),
  });
  // Before the page is drawn.
  usePrefetchQuery(options);
  return useQuery(options);
}

export const isPreparing = (answer: object): answer is RowsPreparing =>
  'preparing' in answer && answer.preparing !== null;

export const PAGE_SIZE = 100;

/** One page of rows. @param path below `/api/` */
export const useRows = (path: string, choice: RowsChoice, more: Query = {}) =>
  useOfRows<RowsPage>(path, {
    ...conditionsOf(choice),
    ...more,
    page: choice.page,
    size: PAGE_SIZE,
    sort: choice.sort,
    desc: choice.desc,
  });
