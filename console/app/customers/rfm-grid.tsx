import type { CustomerReport, RfmCell } from '../../api/customers';
import { heatStyle } from '../rows/heat';
import { Scroll } from '../rows/scroll';
import type { ChooseRows } from '../rows/use-rows';
import { formatCount, formatDecimal } from '../shared/format';
import { Card } from '../shared/page';

const FIFTHS = [1, 2, 3, 4, 5];

/** Customers by fifths of recency and frequency; a cell lists its customers. */
export function RfmGrid({
  report: { rfm },
  choose,
}: {
  readonly report: CustomerReport;
  readonly choose: ChooseRows;
}) {
  const most = Math.max(1, ...rfm.map(({ customers }) => customers));
  const cellOf = (recency: number, frequency: number) =>
    rfm.find((cell) => cell.recency === recency && cell.frequency === frequency);
  const list = ({ recency, frequency }: RfmCell) =>
    choose.where([`rfm_recency=${recency}`, `rfm_frequency=${frequency}`]);
  return (
    <Card title="Recency and frequency">
      <p className="muted small rows-note">
        Each cell has the number of customers, and their mean net revenue. Fifths of the customers: to the
        right those who ordered last, at the top those with the most orders. Choose a cell to list its
        customers below.
      </p>
      <Scroll label="Recency and frequency, by cell">
        <table className="rows-heat customer-rfm">
          <thead>
            <tr>
              <th scope="col">Frequency</th>
              {FIFTHS.map((recency) => (
                <th key={recency} scope="col">
                  Recency {recency}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {FIFTHS.toReversed().map((frequency) => (
              <tr key={frequency}>
                <th scope="row">{frequency}</th>
                {FIFTHS.map((recency) => {
                  const cell = cellOf(recency, frequency);
                  return (
                    <td key={recency} style={heatStyle((cell?.customers ?? 0) / most)}>
                      {cell && cell.customers > 0 ? (
                        <button type="button" onClick={() => list(cell)}>
                          <strong>{formatCount(cell.customers)}</strong>
                          <span className="small">{formatDecimal(cell.mean_revenue ?? '0')}</span>
                        </button>
                      ) : (
                        <span className="muted">0</span>
                      )}
                    </td>
                  );
                })}
              </tr>
            ))}
          </tbody>
        </table>
      </Scroll>
    </Card>
  );
}
