import { useState } from 'react';
import type { DayRange } from '../../api/range';
import { download } from '../shared/api';

/** Daily KPIs of the range as CSV. */
export function Downloads({ range: { days } }: { readonly range: DayRange }) {
  const [error, setError] = useState('');
  const save = (table: 'orders' | 'categories') => {
    setError('');
    const { from, to } = days;
    download(`kpis/${table}.csv`, `${table}_${from}_${to}.csv`, { from, to }).catch((reason: Error) =>
      setError(reason.message),
    );
  };
  return (
    <>
      {error && (
        <span role="alert" className="kpi-error small">
          {error}
        </span>
      )}
      <button type="button" onClick={() => save('orders')}>
        Days as CSV
      </button>
      <button type="button" onClick={() => save('categories')}>
        Categories as CSV
      </button>
    </>
  );
}
