import { type FormEvent, useState } from 'react';
import { type Granularity, type KpiRange, PERIODS, type Period } from '../../api/kpis';
import { comparisonText, dayCount, daysText, GRANULARITY_NAMES } from './kpi-text';
import type { Choice, Choose } from './range';

const PERIOD_NAMES: Readonly<Record<Period, string>> = {
  7: '7 days',
  30: '30 days',
  90: '90 days',
  365: 'Year',
  all: 'All',
};

interface Props {
  readonly range: KpiRange;
  readonly choice: Choice;
  readonly choose: Choose;
}

/** Which days are looked at, and how finely: the last ones of data, or those that are typed. */
export function RangeControls({ range, choice, choose }: Props) {
  return (
    <section className="kpi-range" aria-label="Days">
      <fieldset className="row">
        <legend className="visually-hidden">The last days of data</legend>
        {PERIODS.map((period) => (
          <button
            key={period}
            type="button"
            aria-pressed={choice.period === period}
            onClick={() => choose.period(period)}
          >
            {PERIOD_NAMES[period]}
          </button>
        ))}
      </fieldset>
      <TypedDays key={`${range.days.from} ${range.days.to}`} range={range} choose={choose} />
      <label className="row">
        By
        <select
          value={range.is_granularity_chosen ? range.granularity : ''}
          onChange={({ target }) => choose.by((target.value || undefined) as Granularity | undefined)}
        >
          <option value="">{range.is_granularity_chosen ? 'auto' : `auto: ${range.granularity}`}</option>
          {range.granularities.map((granularity) => (
            <option key={granularity} value={granularity}>
              {GRANULARITY_NAMES[granularity]}
            </option>
          ))}
        </select>
      </label>
      <p className="muted small kpi-range-text">
        {daysText(range.days)} ({dayCount(range.days) === 1 ? 'one day' : `${dayCount(range.days)} days`}, by{' '}
        {range.granularity}). {comparisonText(range)}
      </p>
    </section>
  );
}

/** Takes effect on Enter, or when both ends are left; what makes no range is said and not asked for. */
function TypedDays({ range, choose }: Pick<Props, 'range' | 'choose'>) {
  const [days, setDays] = useState(range.days);
  const [fault, setFault] = useState('');
  const apply = (event?: FormEvent) => {
    event?.preventDefault();
    if (!days.from || !days.to) setFault('Two days are needed.');
    else if (days.from > days.to) setFault('The first day is after the last.');
    else if (days.from !== range.days.from || days.to !== range.days.to) choose.days(days);
  };
  const change = (end: 'from' | 'to', value: string) => {
    setFault('');
    setDays({ ...days, [end]: value });
  };
  return (
    <form className="row" onSubmit={apply} noValidate>
      <label className="row">
        From
        <input
          type="date"
          required
          value={days.from}
          aria-invalid={fault !== ''}
          onChange={({ target }) => change('from', target.value)}
        />
      </label>
      <label className="row">
        to
        <input
          type="date"
          required
          value={days.to}
          aria-invalid={fault !== ''}
          onChange={({ target }) => change('to', target.value)}
        />
      </label>
      <button type="submit">Show</button>
      {fault && (
        <span role="alert" className="kpi-fault small">
          {fault}
        </span>
      )}
    </form>
  );
}
