import { Link } from 'wouter';
import type { StockReport } from '../../api/inventory';
import type { MartAbsent } from '../../api/rows';
import { AbcClass } from '../products/abc-class';
import { Figures } from '../rows/figures';
import { OfReport } from '../rows/of-report';
import { RowsCard } from '../rows/rows-card';
import type { ShownColumn } from '../rows/rows-table';
import { type ChooseRows, type RowsChoice, useOfRows, useRows, useRowsChoice } from '../rows/use-rows';
import { FileText } from '../shared/file-text';
import { formatCount } from '../shared/format';
import { Page } from '../shared/page';
import { Empty } from '../shared/states';
import { Badge } from '../shared/status';
import { ClassTable } from './class-table';
import { Cover } from './cover';

const STOCK: readonly ShownColumn[] = [
  {
    name: 'product_id',
    header: 'Product',
    minWidth: 120,
    cell: (value) => (
      <Link href={`~/marts/inventory_status?${new URLSearchParams({ where: `product_id=${value ?? ''}` })}`}>
        <FileText>{value ?? ''}</FileText>
      </Link>
    ),
  },
  { name: 'name' },
  { name: 'category', minWidth: 150 },
  { name: 'abc_class', header: 'ABC', minWidth: 80, cell: (value) => <AbcClass value={value} /> },
  {
    name: 'is_stock_out',
    header: 'State',
    minWidth: 130,
    cell: (value, other) => <State stockOut={value} overstock={other('is_overstock')} />,
  },
  { name: 'days_of_cover' },
  { name: 'on_hand' },
  { name: 'units_per_day', header: 'Sold per day' },
  { name: 'counted_at', header: 'Counted' },
];

/** What runs out, and what lies too long. */
export default function InventoryPage() {
  const report = useOfRows<StockReport | MartAbsent>('inventory/summary', {});
  const { choice, choose } = useRowsChoice({ sort: 'days_of_cover', desc: false });
  // Asked for at the same time; the card below has them from here.
  useRows('inventory/rows', choice);
  return (
    <Page title="Inventory">
      <OfReport query={report} what="the inventory">
        {(found: StockReport) =>
          found.classes.length === 0 ? (
            <Empty title="No product was counted yet">
              Upload an inventory file on the <Link href="~/files">Files</Link> page: products, and how many
              are in stock.
            </Empty>
          ) : (
            <>
              <Figures figures={figuresOf(found)} />
              <div className="grid">
                <Cover report={found} choose={choose} />
                <ClassTable report={found} choose={choose} />
              </div>
              <RowsCard
                title="Stock of products"
                path="inventory/rows"
                choice={choice}
                choose={choose}
                show={STOCK}
              >
                <Views choice={choice} choose={choose} />
              </RowsCard>
            </>
          )
        }
      </OfReport>
    </Page>
  );
}

function figuresOf({ classes }: StockReport) {
  const sum = (of: 'products' | 'stock_outs' | 'running_out' | 'overstocked') =>
    formatCount(classes.reduce((total, one) => total + one[of], 0));
  return [
    { name: 'Products counted', value: sum('products') },
    { name: 'Out of stock', value: sum('stock_outs') },
    { name: 'Run out within 14 days', value: sum('running_out'), note: 'at the sales of the last 30 days' },
    { name: 'Overstock', value: sum('overstocked'), note: 'more than 90 days of cover' },
  ];
}

const VIEWS: readonly { readonly name: string; readonly where: readonly string[] }[] = [
  { name: 'All', where: [] },
  { name: 'Run out first', where: ['is_stock_out=false', 'days_of_cover<=14'] },
  { name: 'Out of stock', where: ['is_stock_out=true'] },
  { name: 'Overstock', where: ['is_overstock=true'] },
  { name: 'Nothing sells', where: ['days_of_cover is null'] },
];

/** Conditions that are often needed. */
function Views({ choice, choose }: { readonly choice: RowsChoice; readonly choose: ChooseRows }) {
  const chosen = JSON.stringify(choice.where);
  return (
    <fieldset className="row rows-views">
      <legend className="visually-hidden">Products to list</legend>
      {VIEWS.map(({ name, where }) => (
        <button
          key={name}
          type="button"
          className="small"
          aria-pressed={chosen === JSON.stringify(where)}
          onClick={() => choose.where(where)}
        >
          {name}
        </button>
      ))}
    </fieldset>
  );
}

function State({
  stockOut,
  overstock,
}: {
  readonly stockOut: string | null;
  readonly overstock: string | null;
}) {
  if (stockOut === 'true') return <Badge tone="bad">out of stock</Badge>;
  return overstock === 'true' ? <Badge tone="warn">overstock</Badge> : <Badge tone="good">in stock</Badge>;
}
