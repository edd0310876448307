import { Link } from 'wouter';
import type { ProductReport } from '../../api/products';
import type { MartAbsent } from '../../api/rows';
import { RangeControls } from '../range/range-controls';
import { useRange } from '../range/use-range';
import { type Figure, Figures } from '../rows/figures';
import { OfReport } from '../rows/of-report';
import { RowsCard } from '../rows/rows-card';
import type { ShownColumn } from '../rows/rows-table';
import { useOfRows, useRows, useRowsChoice } from '../rows/use-rows';
import { FileText } from '../shared/file-text';
import { formatCount, formatDecimal } from '../shared/format';
import { Page } from '../shared/page';
import { Empty } from '../shared/states';
import { AbcClass } from './abc-class';

const PRODUCTS: readonly ShownColumn[] = [
  {
    name: 'product_id',
    header: 'Product',
    minWidth: 120,
    cell: (value) => (
      <Link href={`~/marts/product_sales?${new URLSearchParams({ where: `product_id=${value ?? ''}` })}`}>
        <FileText>{value ?? ''}</FileText>
      </Link>
    ),
  },
  { name: 'name' },
  { name: 'category', minWidth: 150 },
  { name: 'abc_class', header: 'ABC', minWidth: 80, cell: (value) => <AbcClass value={value} /> },
  { name: 'revenue' },
  { name: 'units' },
  { name: 'orders' },
  { name: 'margin' },
  { name: 'return_rate', header: 'Returns' },
  { name: 'views' },
  { name: 'carts', header: 'In cart' },
  { name: 'purchases' },
  { name: 'view_to_purchase', header: 'Bought of views' },
  { name: 'impressions' },
  { name: 'clicks' },
  { name: 'ctr', header: 'Clicks of impressions' },
];

/** What products sell, and how often they are seen, on some days. */
export default function ProductsPage() {
  const { choice: days, choose: chooseDays, query } = useRange();
  const { by: _, ...request } = query;
  const report = useOfRows<ProductReport | MartAbsent>('products/summary', request);
  const { choice, choose } = useRowsChoice({ sort: 'revenue', desc: true });
  const rowsChoice = { ...choice, from: undefined, to: undefined };
  // Asked for at the same time; the card below has them from here.
  useRows('products/rows', rowsChoice, request);
  return (
    <Page title="Products">
      <OfReport query={report} what="products">
        {({ range, totals }: ProductReport) =>
          range && totals ? (
            <>
              <RangeControls range={range} choice={days} choose={chooseDays} isCompared={false} />
              <Figures figures={figuresOf(totals)} />
              <RowsCard
                title="Sales and engagement of products"
                path="products/rows"
                choice={rowsChoice}
                choose={choose}
                show={PRODUCTS}
                query={request}
              >
                <p className="muted small rows-note">
                  Products with a sale or an interaction on these days. Sales are of order files, views, carts
                  and purchases of events; the ABC class is by the revenue of all days.
                </p>
              </RowsCard>
            </>
          ) : (
            <Empty title="There are no sales and no events yet">
              Upload products, orders and order items on the <Link href="~/files">Files</Link> page, or send
              events with <code>daybook events send</code>.
            </Empty>
          )
        }
      </OfReport>
    </Page>
  );
}

const figuresOf = (totals: NonNullable<ProductReport['totals']>): Figure[] => [
  { name: 'Products sold', value: formatCount(totals.sold) },
  { name: 'Revenue', value: formatDecimal(totals.revenue), note: 'of counted items, with returned ones' },
  { name: 'Pieces sold', value: formatCount(BigInt(totals.units)) },
  {
    name: 'Products viewed',
    value: formatCount(totals.viewed),
    note: `${formatCount(BigInt(totals.views))} views`,
  },
  { name: 'Viewed, not sold', value: formatCount(totals.viewed_only) },
];
