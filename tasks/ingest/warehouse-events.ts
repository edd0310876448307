import { type Contract, pseudonymizes } from '../../domain/contract';
import { eventContracts } from '../../domain/events/event-files';
import { EventContractError, eventNormalizer } from '../../domain/events/normalize';
import type { ValueSettings } from '../../domain/values';
import { pseudonyms } from '../../runtime/pseudonyms';
import type { Warehouse } from '../../serving/warehouse/connection';
import { ingestEvents } from '../../serving/warehouse/ingest-events';
import { eventRows } from './event-rows';
import type { WriteEvents } from './ingest';

export interface WarehouseEventsOptions {
  readonly contracts: readonly Contract[];
  readonly values: ValueSettings;
  /** The key of pseudonyms, if a contract pseudonymizes. */
  readonly pseudonymKey?: (() => Promise<string>) | undefined;
  readonly connectWarehouse: () => Promise<Warehouse>;
  /** How long to wait for a load; 15 by default. */
  readonly waitSeconds?: number | undefined;
}

/** Writes events to the warehouse, with a connection of its own for each call: a server without connections can pause. */
export function warehouseEvents(options: WarehouseEventsOptions): WriteEvents {
  const { contracts, values, pseudonymKey, connectWarehouse, waitSeconds = 15 } = options;
  const kinds = eventContracts(contracts);
  if (!kinds) throw new EventContractError('no contract makes rows of events');
  const hidesValues = pseudonymizes(kinds.events) || pseudonymizes(kinds.items);
  let normalize: ReturnType<typeof eventNormalizer> | undefined;
  return async (lines) => {
    if (!normalize) {
      const pseudonym = hidesValues ? await pseudonyms(pseudonymKey)() : undefined;
      normalize = eventNormalizer({ ...kinds, settings: values, ...(pseudonym && { pseudonym }) });
    }
    const rows = eventRows(lines, kinds, normalize);
    if (rows.length === 0) return 0;
    const warehouse = await connectWarehouse();
    try {
      const { timeZone } = values;
      const changed = await ingestEvents(warehouse, rows, { timeZone, waitSeconds });
      return changed.fact_events;
    } finally {
      // Its answer is of no interest, and may never come.
      void warehouse.end().catch(() => {});
    }
  };
}
