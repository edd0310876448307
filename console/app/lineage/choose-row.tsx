import { useQuery } from '@tanstack/react-query';
import { type FormEvent, useState } from 'react';
import { useLocation } from 'wouter';
import type { LineageTable, LineageTables } from '../../api/lineage';
import { Card, Page } from '../shared/page';
import { Fetched } from '../shared/states';
import { lineageLink } from './address';
import { tablesQuery } from './queries';

/** A form for the row whose origin is wanted. */
export function ChooseRow() {
  const tables = useQuery(tablesQuery);
  return (
    <Page title="Lineage">
      <Card title="Where does a value come from?">
        <p className="lineage-note muted">
          From a row of a mart to the rows it was computed from, to the lines of files and the executions.
          Rows of the Lake page and days of the KPIs page link here; or name a row:
        </p>
        <Fetched query={tables} what="tables">
          {(found) => <Form tables={found} />}
        </Fetched>
      </Card>
    </Page>
  );
}

function Form({ tables: { marts, kinds } }: { readonly tables: LineageTables }) {
  const [, navigate] = useLocation();
  const [name, setName] = useState(marts[0]?.name ?? '');
  const [values, setValues] = useState<Readonly<Record<string, string>>>({});
  const isMart = marts.some((mart) => mart.name === name);
  const table = [...marts, ...kinds].find((one) => one.name === name);
  const open = (event: FormEvent) => {
    event.preventDefault();
    const link =
      table && lineageLink(isMart ? { mart: name } : { table: `staging/${name}` }, table.key, values);
    if (link !== undefined) navigate(link);
  };
  const options = (list: readonly LineageTable[]) =>
    list.map((one) => (
      <option key={one.name} value={one.name}>
        {one.name}
      </option>
    ));
  return (
    <form className="lineage-form" onSubmit={open}>
      <label>
        Table
        <select value={name} onChange={({ target }) => setName(target.value)}>
          <optgroup label="Marts">{options(marts)}</optgroup>
          <optgroup label="Rows of files">{options(kinds)}</optgroup>
        </select>
      </label>
      {table?.key.map((column) => (
        <label key={column}>
          {column}
          <input
            required
            value={values[column] ?? ''}
            onChange={({ target }) => setValues({ ...values, [column]: target.value })}
            spellCheck={false}
            autoComplete="off"
          />
        </label>
      ))}
      <button type="submit" className="primary">
        Show
      </button>
    </form>
  );
}
