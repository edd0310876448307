import { type FormEvent, useState } from 'react';
import type { ChooseRows, RowsChoice } from './use-rows';

/** The first and the last day of the rows; empty for all. Applied on Enter or Show. */
export function DayFields({ choice, choose }: { readonly choice: RowsChoice; readonly choose: ChooseRows }) {
  const [from, setFrom] = useState(choice.from ?? '');
  const [to, setTo] = useState(choice.to ?? '');
  const isReversed = from !== '' && to !== '' && from > to;
  const apply = (event: FormEvent) => {
    event.preventDefault();
    if (!isReversed) choose.days({ from, to });
  };
  return (
    <form className="row" onSubmit={apply} noValidate>
      <label className="row">
        From
        <input
          type="date"
          value={from}
          aria-invalid={isReversed}
          onChange={({ target }) => setFrom(target.value)}
        />
      </label>
      <label className="row">
        to
        <input
          type="date"
          value={to}
          aria-invalid={isReversed}
          onChange={({ target }) => setTo(target.value)}
        />
      </label>
      <button type="submit">Show</button>
      {(choice.from ?? choice.to) !== undefined && (
        <button type="button" onClick={() => choose.days({})}>
          All days
        </button>
      )}
      {isReversed && (
        <span role="alert" className="rows-error small">
          The first day is after the last day.
        </span>
      )}
    </form>
  );
}
