import { useAddress } from '../shared/address';
import type { Query } from '../shared/api';
import type { TableSort } from '../shared/data-table';
import { useTableSort } from '../shared/table-sort';

/** The conditions of the list, in the page's address; '' for any. */
export interface SessionFilter {
  readonly channel: string;
  readonly step: string;
  readonly device: string;
  readonly purchase: string;
  /** The id of a visitor or a user. */
  readonly person: string;
}

const NAMES = ['channel', 'step', 'device', 'purchase', 'person'] as const;

export function useSessionFilter(): {
  filter: SessionFilter;
  setFilter: (name: keyof SessionFilter, value: string) => void;
  clear: () => void;
  sort: TableSort;
  onSort: (sort: TableSort | undefined) => void;
  /** The parameters of a request. */
  query: Query;
} {
  const { get, set } = useAddress();
  const { sort, onSort } = useTableSort({ id: 'started_at', desc: true });
  const filter = Object.fromEntries(NAMES.map((name) => [name, get(name) ?? ''])) as Record<
    keyof SessionFilter,
    string
  >;
  return {
    filter,
    setFilter: (name, value) => set({ [name]: value }),
    clear: () => set(Object.fromEntries(NAMES.map((name) => [name, undefined]))),
    sort,
    onSort,
    query: {
      ...Object.fromEntries(NAMES.map((name) => [name, filter[name] || undefined])),
      sort: sort.id,
      direction: sort.desc ? 'desc' : 'asc',
    },
  };
}
