import { useAddress } from './address';
import type { TableSort } from './data-table';

/** The order of a table, from the page's address as `sort=revenue` or, descending, `sort=-revenue`. */
export function useTableSort(initial: TableSort): {
  sort: TableSort;
  onSort: (sort: TableSort | undefined) => void;
} {
  const { get, set } = useAddress();
  const text = get('sort');
  const sort = text === undefined ? initial : { id: text.replace(/^-/, ''), desc: text.startsWith('-') };
  return {
    sort,
    onSort: (chosen) => set({ sort: chosen && `${chosen.desc ? '-' : ''}${chosen.id}` }),
  };
}
