import { Link } from 'wouter';
import type { CustomerReport } from '../../api/customers';
import type { MartAbsent } from '../../api/rows';
import { OfReport } from '../rows/of-report';
import { RowsCard } from '../rows/rows-card';
import type { ShownColumn } from '../rows/rows-table';
import { useOfRows, useRows, useRowsChoice } from '../rows/use-rows';
import { Page } from '../shared/page';
import { Empty } from '../shared/states';
import { Cohorts, useCohorts } from './cohorts';
import { Distributions } from './distributions';
import { RfmGrid } from './rfm-grid';
import { CustomerTotals } from './totals';
import './customers.css';

const CUSTOMERS: readonly ShownColumn[] = [
  {
    name: 'user_id',
    header: 'Customer',
    minWidth: 150,
    cell: (value) => (
      <Link href={`~/marts/customer_value?${new URLSearchParams({ where: `user_id=${value ?? ''}` })}`}>
        <bdi>{value}</bdi>
      </Link>
    ),
  },
  { name: 'rank' },
  { name: 'net_revenue' },
  { name: 'orders' },
  { name: 'avg_order_value', header: 'Order value' },
  { name: 'returned_revenue', header: 'Returned' },
  { name: 'first_order_date', header: 'First order' },
  { name: 'last_order_date', header: 'Last order' },
  { name: 'rfm_recency', header: 'Recency' },
  { name: 'rfm_frequency', header: 'Frequency' },
  { name: 'rfm_monetary', header: 'Monetary' },
];

/** Who the customers are: what they spend, how often they come back, and each of them. */
export default function CustomersPage() {
  const summary = useOfRows<CustomerReport | MartAbsent>('customers/summary', {});
  const { choice, choose } = useRowsChoice({ sort: 'rank', desc: false });
  // Asked for at the same time; the cards below have them from here.
  useCohorts();
  useRows('marts/customer_value/rows', choice);
  return (
    <Page title="Customers">
      <OfReport query={summary} what="customers">
        {(report: CustomerReport) =>
          report.totals.customers === 0 ? (
            <Empty title="There are no customers yet">
              Upload orders and order items on the <Link href="~/files">Files</Link> page. Customers with an
              order appear once the execution has finished.
            </Empty>
          ) : (
            <>
              <CustomerTotals totals={report.totals} />
              <Distributions report={report} />
              <RfmGrid report={report} choose={choose} />
              <Cohorts />
              <RowsCard
                title="List of customers"
                path="marts/customer_value/rows"
                mart="customer_value"
                choice={choice}
                choose={choose}
                show={CUSTOMERS}
              />
            </>
          )
        }
      </OfReport>
    </Page>
  );
}
