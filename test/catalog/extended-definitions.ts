import type { Definitions } from '../../catalog/catalog';
import { definitions as own } from '../../catalog/definitions';
import { DAY } from '../../domain/mart';

/** The project's definitions with a fourth kind, `refunds`, and a third KPI table, `refund_kpis`, computed from it. */
export const definitions: Definitions = {
  contracts: [
    ...own.contracts,
    {
      kind: 'refunds',
      key: ['refund_id'],
      partition: { by: 'month', of: 'refunded_at' },
      columns: [
        { name: 'refund_id', type: 'int64', required: true },
        { name: 'refunded_at', type: 'timestamp', required: true },
        { name: 'reason', type: 'text', required: false },
        { name: 'amount', type: 'money', required: true },
      ],
    },
  ],
  inputs: [
    ...own.inputs,
    {
      kind: 'refunds',
      view: 'counted_refunds',
      columns: ['refund_id', 'refunded_at', 'reason', 'amount'],
      sql: `select
        refund_id,
        coalesce(nullif(trim(both $[blanks] from reason), ''), 'Unknown') as reason,
        amount,
        cast(from_utc_timestamp(refunded_at, $[time_zone]) as date) as ${DAY}
      from $[rows]
      where amount > 0`,
      relation: { of: 'own', day: 'refunded_at' },
    },
  ],
  marts: [
    ...own.marts,
    {
      name: 'refund_kpis',
      command: 'refunds',
      description: 'refunds and their amount per reason and day',
      key: ['reason', DAY],
      columns: [
        { name: 'reason', type: 'text' },
        { name: DAY, type: 'date' },
        { name: 'refunds', type: 'count' },
        { name: 'refunded', type: 'money' },
      ],
      inputs: [{ name: 'counted_refunds' }],
      refresh: { by: 'day' },
      sql: `select reason, ${DAY}, count(*) as refunds, sum(amount) as refunded
        from counted_refunds group by reason, ${DAY}`,
      dynamoDb: {
        table: 'RefundKPIs',
        id: 'Refunds',
        indexes: [{ name: 'by-date', key: [DAY, 'reason'] }],
      },
    },
  ],
};
