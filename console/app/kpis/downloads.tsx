import { useState } from 'react';
import type { KpiRange } from '../../api/kpis';
import { download } from '../shared/api';

/** The range's KPIs as CSV, day by day. */
export function Downloads({ range: { days } }: { readonly range: KpiRange }) {
  const [fault, setFault] = useState('');
  const save = (table: 'orders' | 'categories') => {
    setFault('');
    const { from, to } = days;
    download(`kpis/${table}.csv`, `${table}_${from}_${to}.csv`, { from, to }).catch((error: Error) =>
      setFault(error.message),
    );
  };
  return (
    <>
      {fault && (
        <span role="alert" className="kpi-fault small">
          {fault}
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
