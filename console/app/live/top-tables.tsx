import type { LiveOrigin, LiveProduct, LiveReport } from '../../api/live';
import { type Column, DataTable } from '../shared/data-table';
import { FileText } from '../shared/file-text';
import { formatCount } from '../shared/format';
import { Card } from '../shared/page';
import { Empty } from '../shared/states';

const count = <Row,>(id: string, header: string, of: (row: Row) => number): Column<Row> => ({
  id,
  header,
  numeric: true,
  width: 0.6,
  value: of,
  cell: (row) => formatCount(of(row)),
});

const PRODUCT_COLUMNS: readonly Column<LiveProduct>[] = [
  {
    id: 'product',
    header: 'Product',
    width: 2,
    value: ({ name, product_id }) => name ?? product_id,
    cell: ({ name, product_id }) => (
      <span title={product_id}>
        <FileText>{name ?? product_id}</FileText>
      </span>
    ),
  },
  count('views', 'Views', ({ views }) => views),
  count('carts', 'Carts', ({ carts }) => carts),
  count('sold', 'Sold', ({ sold }) => sold),
];

/** The products that were viewed most. */
export function TopProducts({ report: { top_products } }: { readonly report: LiveReport }) {
  return (
    <Card title="Top products">
      {top_products.length === 0 ? (
        <Empty title="No product was viewed">An event names products in its items.</Empty>
      ) : (
        <DataTable
          label="Top products"
          columns={PRODUCT_COLUMNS}
          rows={top_products}
          rowId={({ product_id }) => product_id}
        />
      )}
    </Card>
  );
}

const originText = ({ channel, source, medium }: LiveOrigin): string =>
  channel === null ? 'all others' : `${source} / ${medium}`;

const ORIGIN_COLUMNS: readonly Column<LiveOrigin>[] = [
  {
    id: 'source',
    header: 'Source / medium',
    width: 1.6,
    value: originText,
    cell: (origin) => (
      <span title={originText(origin)}>
        <FileText>{originText(origin)}</FileText>
      </span>
    ),
  },
  {
    id: 'channel',
    header: 'Channel',
    width: 1.2,
    wideOnly: true,
    value: ({ channel }) => channel,
    cell: ({ channel }) => <FileText>{channel ?? ''}</FileText>,
  },
  count('visitors', 'Visitors', ({ visitors }) => visitors),
  count('orders', 'Orders', ({ purchases }) => purchases),
];

/** Where most visitors came from. */
export function TopOrigins({ report: { top_origins } }: { readonly report: LiveReport }) {
  return (
    <Card title="Top sources">
      {top_origins.length === 0 ? (
        <Empty title="No visitors">An event names its visitor by client_id or user_id.</Empty>
      ) : (
        <DataTable
          label="Top sources"
          columns={ORIGIN_COLUMNS}
          rows={top_origins}
          rowId={(origin) => JSON.stringify([origin.channel, origin.source, origin.medium])}
        />
      )}
    </Card>
  );
}
