import { type FormEvent, useState } from 'react';
import type { FilterTest, RowColumn } from '../../api/rows';
import { useAbout } from '../shared/about';
import { titleOf } from './column-text';
import { DayFields } from './day-fields';
import { filterText, filterWords, testText } from './filter-text';
import type { ChooseRows, RowsChoice } from './use-rows';

interface Props {
  readonly columns: readonly RowColumn[];
  readonly choice: RowsChoice;
  readonly choose: ChooseRows;
  /** The rows have a day. */
  readonly hasDays: boolean;
}

/** The conditions of the rows: those that hold, and a form to add one. */
export function Filters({ columns, choice, choose, hasDays }: Props) {
  const { where } = choice;
  return (
    <search className="rows-filters" aria-label="Conditions">
      {hasDays && <DayFields key={`${choice.from} ${choice.to}`} choice={choice} choose={choose} />}
      <FilterForm
        columns={columns}
        onAdd={(condition) => choose.where([...where.filter((one) => one !== condition), condition])}
      />
      <Chosen columns={columns} choice={choice} choose={choose} />
    </search>
  );
}

/** The conditions that hold; each can be removed. */
function Chosen({ columns, choice: { where }, choose }: Omit<Props, 'hasDays'>) {
  const timeZone = useAbout()?.timeZone ?? 'UTC';
  if (where.length === 0) return null;
  return (
    <ul className="rows-chosen" aria-label="Chosen conditions">
      {where.map((text) => {
        const words = filterWords(text, columns, timeZone);
        return (
          <li key={text}>
            <bdi>{words}</bdi>
            <button
              type="button"
              className="small"
              aria-label={`Remove: ${words}`}
              onClick={() => choose.where(where.filter((one) => one !== text))}
            >
              ✕
            </button>
          </li>
        );
      })}
      {where.length > 1 && (
        <li className="rows-clear">
          <button type="button" className="small" onClick={() => choose.where([])}>
            Remove all
          </button>
        </li>
      )}
    </ul>
  );
}

function FilterForm({
  columns,
  onAdd,
}: {
  readonly columns: readonly RowColumn[];
  readonly onAdd: (condition: string) => void;
}) {
  const [name, setName] = useState('');
  const [chosenTest, setTest] = useState<FilterTest>('=');
  const [value, setValue] = useState('');
  const column = columns.find((one) => one.name === name) ?? columns[0];
  if (!column) return null;
  const test = column.tests.includes(chosenTest) ? chosenTest : '=';
  const add = (event: FormEvent) => {
    event.preventDefault();
    const shown =
      column.type === 'boolean' && value === '' ? 'true' : column.type === 'text' ? value : value.trim();
    onAdd(filterText({ column: column.name, test, value: test === 'is null' ? '' : shown }));
    setValue('');
  };
  return (
    <form className="row" onSubmit={add}>
      <select
        aria-label="Column"
        value={column.name}
        onChange={({ target }) => {
          setName(target.value);
          setValue('');
        }}
      >
        {columns.map((one) => (
          <option key={one.name} value={one.name}>
            {titleOf(one.name)}
          </option>
        ))}
      </select>
      <select
        aria-label="Condition"
        value={test}
        onChange={({ target }) => setTest(target.value as FilterTest)}
      >
        {column.tests.map((one) => (
          <option key={one} value={one}>
            {testText(one, column.type)}
          </option>
        ))}
      </select>
      {test !== 'is null' && <ValueField column={column} value={value} onChange={setValue} />}
      <button type="submit">Add condition</button>
    </form>
  );
}

const PLACEHOLDERS: Readonly<Record<string, string>> = {
  timestamp: '2025-03-01T10:00:00Z',
  count: '10',
  int64: '10',
  percent: '12.5',
};

function ValueField({
  column: { type },
  value,
  onChange,
}: {
  readonly column: RowColumn;
  readonly value: string;
  readonly onChange: (value: string) => void;
}) {
  if (type === 'boolean') {
    return (
      <select aria-label="Value" value={value || 'true'} onChange={({ target }) => onChange(target.value)}>
        <option value="true">yes</option>
        <option value="false">no</option>
      </select>
    );
  }
  return (
    <input
      aria-label="Value"
      className="rows-value"
      type={type === 'date' ? 'date' : 'text'}
      value={value}
      required={type !== 'text'}
      placeholder={PLACEHOLDERS[type] ?? (type === 'text' ? '' : '12.50')}
      onChange={({ target }) => onChange(target.value)}
    />
  );
}
