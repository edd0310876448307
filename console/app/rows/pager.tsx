import { formatCount } from '../shared/format';
import { PAGE_SIZE } from './use-rows';

interface Props {
  /** From 1. */
  readonly page: number;
  readonly pages: number;
  /** Rows on all pages. */
  readonly total: number;
  readonly onPage: (page: number) => void;
}

/** Which rows of how many are shown, and buttons to the other pages. */
export function Pager({ page, pages, total, onPage }: Props) {
  const first = (page - 1) * PAGE_SIZE + 1;
  const last = Math.min(total, page * PAGE_SIZE);
  const shown =
    pages === 1
      ? `${formatCount(total)} ${total === 1 ? 'row' : 'rows'}`
      : `Rows ${formatCount(first)} to ${formatCount(last)} of ${formatCount(total)}`;
  const to = (name: string, target: number) => (
    <button
      type="button"
      className="small"
      disabled={target < 1 || target > pages || target === page}
      onClick={() => onPage(target)}
    >
      {name}
    </button>
  );
  return (
    <nav className="row rows-pager" aria-label="Pages of the table">
      <span role="status" className="small">
        {shown}
      </span>
      {pages > 1 && (
        <span className="row">
          {to('First', 1)}
          {to('Previous', page - 1)}
          {to('Next', page + 1)}
          {to('Last', pages)}
        </span>
      )}
    </nav>
  );
}
