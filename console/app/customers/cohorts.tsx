import type { Cohort, CohortReport } from '../../api/customers';
import type { MartAbsent } from '../../api/rows';
import { heatStyle } from '../rows/heat';
import { OfReport } from '../rows/of-report';
import { Scroll } from '../rows/scroll';
import { useOfRows } from '../rows/use-rows';
import { useAddress } from '../shared/address';
import { formatCount, formatDecimal } from '../shared/format';
import { Card } from '../shared/page';
import { Empty } from '../shared/states';

const COUNTS = ['12', '24', '60'];

const month = new Intl.DateTimeFormat(undefined, { timeZone: 'UTC', year: 'numeric', month: 'short' });
const rate = new Intl.NumberFormat(undefined, { maximumFractionDigits: 1 });
const monthText = (day: string) => month.format(new Date(`${day}T00:00:00Z`));

/** The cohorts, as many as the address says. */
export function useCohorts() {
  const { get, set } = useAddress();
  const count = COUNTS.find((one) => one === get('cohorts')) ?? '12';
  const cohorts = useOfRows<CohortReport | MartAbsent>('customers/cohorts', { cohorts: count });
  return { count, set, cohorts };
}

/** How many customers of a month order again in the months after it. */
export function Cohorts() {
  const { count, set, cohorts } = useCohorts();
  return (
    <Card
      title="Retention by month of the first order"
      actions={
        <label className="row small">
          Months
          <select value={count} onChange={({ target }) => set({ cohorts: target.value })}>
            {COUNTS.map((one) => (
              <option key={one} value={one}>
                the last {one}
              </option>
            ))}
          </select>
        </label>
      }
    >
      <OfReport query={cohorts} what="cohorts">
        {({ cohorts: found }: CohortReport) =>
          found.length === 0 ? (
            <Empty title="There are no cohorts yet">They appear with the first orders.</Empty>
          ) : (
            <Triangle cohorts={found} />
          )
        }
      </OfReport>
    </Card>
  );
}

function Triangle({ cohorts }: { readonly cohorts: readonly Cohort[] }) {
  const length = Math.max(...cohorts.map(({ months }) => months.length));
  const places = Array.from({ length }, (_, at) => at);
  return (
    <>
      <p className="muted small rows-note">
        Percent of the customers of a month who order in the same month (0) and in the months after it. The
        darker (in dark mode: the brighter), the more.
      </p>
      <Scroll label="Retention, by cell">
        <table className="rows-heat customer-cohorts">
          <thead>
            <tr>
              <th scope="col">First order</th>
              <th scope="col">Customers</th>
              {places.map((at) => (
                <th key={at} scope="col" aria-label={`Month ${at}`}>
                  {at}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {cohorts.map((cohort) => (
              <tr key={cohort.month}>
                <th scope="row">{monthText(cohort.month)}</th>
                <td className="customer-size">{formatCount(cohort.customers)}</td>
                {cohort.months.map(({ retention_rate, active_customers, revenue }, at) => (
                  <td
                    key={at}
                    style={heatStyle(Number(retention_rate) / 100)}
                    title={`${formatCount(active_customers)} of ${formatCount(cohort.customers)} customers, revenue ${formatDecimal(revenue)}`}
                  >
                    {rate.format(Number(retention_rate))}
                  </td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </Scroll>
    </>
  );
}
