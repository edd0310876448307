import { type FormEvent, useState } from 'react';
import { SESSION_STEPS, type SessionList } from '../../api/sessions';
import type { SessionFilter } from './session-filter';
import { STEP_NAMES } from './session-text';

interface Props {
  readonly filter: SessionFilter;
  readonly choices: Pick<SessionList, 'channels' | 'devices'>;
  readonly onChange: (name: keyof SessionFilter, value: string) => void;
}

const STEPS = [
  ...SESSION_STEPS.map((step) => ({ value: step, name: STEP_NAMES[step] ?? step })),
  { value: 'none', name: 'No step' },
];

const PURCHASES = [
  { value: 'yes', name: 'With a purchase' },
  { value: 'no', name: 'Without' },
];

/** The conditions of the list. */
export function Filters({ filter, choices: { channels, devices }, onChange }: Props) {
  const plain = (values: readonly string[]) => values.map((value) => ({ value, name: value }));
  return (
    <search className="row session-filters">
      <Choice label="Channel" name="channel" options={plain(channels)} filter={filter} onChange={onChange} />
      <Choice label="Furthest step" name="step" options={STEPS} filter={filter} onChange={onChange} />
      <Choice label="Purchase" name="purchase" options={PURCHASES} filter={filter} onChange={onChange} />
      <Choice label="Device" name="device" options={plain(devices)} filter={filter} onChange={onChange} />
      <Person key={filter.person} person={filter.person} onPerson={(id) => onChange('person', id)} />
    </search>
  );
}

function Choice({
  label,
  name,
  options,
  filter,
  onChange,
}: {
  readonly label: string;
  readonly name: keyof SessionFilter;
  readonly options: readonly { readonly value: string; readonly name: string }[];
} & Pick<Props, 'filter' | 'onChange'>) {
  const chosen = filter[name];
  const isListed = chosen === '' || options.some(({ value }) => value === chosen);
  const all = isListed ? options : [...options, { value: chosen, name: chosen }];
  return (
    <label>
      {label}
      <select value={chosen} onChange={({ target }) => onChange(name, target.value)}>
        <option value="">any</option>
        {all.map((option) => (
          <option key={option.value} value={option.value}>
            {option.name}
          </option>
        ))}
      </select>
    </label>
  );
}

/** Applied on Enter or Find, since a user is searched for in all events of the days. */
function Person({ person, onPerson }: { readonly person: string; readonly onPerson: (id: string) => void }) {
  const [typed, setTyped] = useState(person);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    onPerson(typed.trim());
  };
  return (
    <form className="row" onSubmit={submit}>
      <label>
        Visitor or user
        <input type="search" value={typed} onChange={({ target }) => setTyped(target.value)} />
      </label>
      <button type="submit">Find</button>
    </form>
  );
}
