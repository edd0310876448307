import { type FormEvent, useState } from 'react';
import { type DayRange, type Granularity, PERIODS, type Period } from '../../api/range';
import { comparisonText, dayCount, daysText, GRANULARITY_NAMES } from './range-text';
import type { ChooseRange, RangeChoice } from './use-range';
import './range.css';

const PERIOD_NAMES: Readonly<Record<Period, string>> = {
  7: '7 days',
  30: '30 days',
  90: '90 days',
  365: 'Year',
  all: 'All',
};

interface Props {
  readonly range: DayRange;
  readonly choice: RangeChoice;
  readonly choose: ChooseRange;
  /** False for a page without a chart and a comparison. */
  readonly isCompared?: boolean;
}

/** Chooses the days and the granularity: the last days of data, or a custom range. */
export function RangeControls({ range, choice, choose, isCompared = true }: Props) {
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
      <CustomDays key={`${range.days.from} ${range.days.to}`} range={range} choose={choose} />
      {isCompared && <By range={range} choose={choose} />}
      <p className="muted small kpi-range-text">
        {daysText(range.days)} ({dayCount(range.days) === 1 ? '1 day' : `${dayCount(range.days)} days`}
        {isCompared && `, by ${range.granularity}`}). {isCompared && comparisonText(range)}
      </p>
    </section>
  );
}

/** Chooses the granularity. */
function By({ range, choose }: Pick<Props, 'range' | 'choose'>) {
  return (
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
  );
}

/** Applied on Enter or Show; an invalid range shows an error instead. */
function CustomDays({ range, choose }: Pick<Props, 'range' | 'choose'>) {
  const [days, setDays] = useState(range.days);
  const [error, setError] = useState('');
  const apply = (event?: FormEvent) => {
    event?.preventDefault();
    if (!days.from || !days.to) setError('Enter two days.');
    else if (days.from > days.to) setError('The first day is after the last day.');
    else if (days.from !== range.days.from || days.to !== range.days.to) choose.days(days);
  };
  const change = (end: 'from' | 'to', value: string) => {
    setError('');
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
          aria-invalid={error !== ''}
          onChange={({ target }) => change('from', target.value)}
        />
      </label>
      <label className="row">
        to
        <input
          type="date"
          required
          value={days.to}
          aria-invalid={error !== ''}
          onChange={({ target }) => change('to', target.value)}
        />
      </label>
      <button type="submit">Show</button>
      {error && (
        <span role="alert" className="kpi-error small">
          {error}
        </span>
      )}
    </form>
  );
}
