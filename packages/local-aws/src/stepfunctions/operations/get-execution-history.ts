import { z } from 'zod';
import { operation } from '../../endpoint/json-protocol';
import type { HistoryEvent } from '../history';
import type { Machines } from '../machines';
import { page, pageFields } from './page';

const inputSchema = z.object({
  executionArn: z.string(),
  reverseOrder: z.boolean().default(false),
  includeExecutionData: z.boolean().default(true),
  ...pageFields,
});

/** Fields of event details that contain execution data. */
const DATA = ['input', 'inputDetails', 'output', 'outputDetails', 'parameters'];

export const getExecutionHistory = operation<Machines, z.infer<typeof inputSchema>>({
  input: inputSchema,
  run({ executionArn, reverseOrder, includeExecutionData, ...request }, machines) {
    const events = machines.store.readHistory(machines.execution(executionArn));
    const ordered = reverseOrder ? events.reverse() : events;
    const { items, ...next } = page(ordered, request, ({ id }) => String(id));
    return { events: includeExecutionData ? items : items.map(withoutData), ...next };
  },
});

function withoutData(event: HistoryEvent): object {
  const fields = Object.entries(event).map(([field, value]) => {
    if (typeof value !== 'object' || value === null) return [field, value];
    return [field, Object.fromEntries(Object.entries(value).filter(([name]) => !DATA.includes(name)))];
  });
  return Object.fromEntries(fields);
}
