import { useEffect, useState } from 'react';
import { useSearchParams } from 'wouter';
import { EXECUTION_STATUSES } from '../../api/executions';
import type { ListFilter } from './list-filter';
import { statusWord } from './status-word';

/** Delay before a typed text is applied, in milliseconds. */
const TYPING_MS = 250;

/** The filter of the list. It is stored in the page's URL, so a view can be linked. */
export function FilterBar({ filter }: { readonly filter: ListFilter }) {
  const [, setSearch] = useSearchParams();
  const set = (name: keyof ListFilter, value: string) =>
    setSearch(
      (search) => {
        if (value === '') search.delete(name);
        else search.set(name, value);
        return search;
      },
      { replace: true },
    );
  return (
    <search className="row execution-filters">
      <label>
        Status
        <select value={filter.status} onChange={({ target }) => set('status', target.value)}>
          <option value="">any</option>
          {EXECUTION_STATUSES.map((status) => (
            <option key={status} value={status}>
              {statusWord(status)}
            </option>
          ))}
        </select>
      </label>
      <TextFilter
        key={filter.text === '' ? 'empty' : 'text'}
        text={filter.text}
        onText={(text) => set('text', text)}
      />
      <label>
        From
        <input type="date" value={filter.from} onChange={({ target }) => set('from', target.value)} />
      </label>
      <label>
        To
        <input type="date" value={filter.to} onChange={({ target }) => set('to', target.value)} />
      </label>
    </search>
  );
}

function TextFilter({ text, onText }: { readonly text: string; readonly onText: (text: string) => void }) {
  const [typed, setTyped] = useState(text);
  useEffect(() => {
    if (typed === text) return;
    const timer = setTimeout(() => onText(typed), TYPING_MS);
    return () => clearTimeout(timer);
  }, [typed]);
  return (
    <label>
      Name
      <input
        type="search"
        value={typed}
        placeholder="20250330"
        onChange={({ target }) => setTyped(target.value)}
      />
    </label>
  );
}
