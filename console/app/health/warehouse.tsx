import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import type { WarehouseHealth, WarehouseVerification } from '../../api/health';
import { Time, useAbout } from '../shared/about';
import { postJson } from '../shared/api';
import { formatCount } from '../shared/format';
import { Failure } from '../shared/states';
import { Badge } from '../shared/status';
import { warehouseVerdict } from './intake-verdicts';
import { Facts, Part } from './part';
import { warehouseQuery } from './queries';

/** The versions that are loaded, and whether the warehouse equals the lake. */
export function Warehouse() {
  const isLocal = useAbout()?.isLocal ?? false;
  const [isAsked, setAsked] = useState(false);
  const warehouse = useQuery(warehouseQuery(isAsked));
  return (
    <Part title="Warehouse" query={warehouse} verdict={(found) => warehouseVerdict(found, new Date())}>
      {({ has_warehouse, status }) => (
        <>
          {status && <Facts facts={factsOf(status)} />}
          {has_warehouse && (
            <div className="row">
              {!isLocal && !isAsked && (
                <button type="button" onClick={() => setAsked(true)}>
                  Read status (wakes a paused Aurora)
                </button>
              )}
              <Verify />
            </div>
          )}
        </>
      )}
    </Part>
  );
}

function factsOf({ server, tables, rows, ingested_events }: NonNullable<WarehouseHealth['status']>) {
  const [last] = tables
    .map(({ loaded_at }) => loaded_at)
    .sort()
    .reverse();
  const behind = tables.reduce(
    (sum, { loaded_version, lake_version }) => sum + Math.max(0, (lake_version ?? 0) - loaded_version),
    0,
  );
  const facts = Object.entries(rows).filter(([table]) => table.startsWith('fact_'));
  return [
    ['Server', server],
    ['Last load', last === undefined ? 'none yet' : <Time key="last" at={last} />],
    ['Behind the lake', behind === 0 ? 'no' : `${formatCount(behind)} versions`],
    [
      'Loaded versions',
      tables.map(({ table, loaded_version }) => `${table} ${formatCount(loaded_version)}`).join(', ') ||
        'none yet',
    ],
    ['Rows', facts.map(([table, count]) => `${table} ${formatCount(count)}`).join(', ') || 'none yet'],
    ...(ingested_events > 0 ? ([['Events not in the lake yet', formatCount(ingested_events)]] as const) : []),
  ] as const;
}

/** Compares every row with the lake, on request: it reads all of both. */
function Verify() {
  const [state, setState] = useState<'idle' | 'running' | WarehouseVerification | Error>('idle');
  const verify = async () => {
    setState('running');
    try {
      setState(await postJson<WarehouseVerification>('health/warehouse/verify'));
    } catch (error) {
      setState(error instanceof Error ? error : new Error(String(error)));
    }
  };
  return (
    <>
      <button type="button" disabled={state === 'running'} onClick={() => void verify()}>
        {state === 'running' ? 'Comparing…' : 'Verify'}
      </button>
      <span role="status">
        {typeof state === 'object' && !(state instanceof Error) && <Outcome {...state} />}
      </span>
      {state instanceof Error && <Failure error={state} />}
    </>
  );
}

function Outcome({ differences, different_rows }: WarehouseVerification) {
  if (differences === 0) return <Badge tone="good">Equals the lake</Badge>;
  const tables = Object.entries(different_rows).map(([table, rows]) => `${table} ${formatCount(rows)}`);
  return <Badge tone="bad">{`${formatCount(differences)} different rows: ${tables.join(', ')}`}</Badge>;
}
