import type { StockClass, StockReport } from '../../api/inventory';
import { AbcClass } from '../products/abc-class';
import { Scroll } from '../rows/scroll';
import type { ChooseRows } from '../rows/use-rows';
import { formatCount } from '../shared/format';
import { Card } from '../shared/page';

/** Stock and what is wrong with it, by class; a number lists its products. */
export function ClassTable({
  report,
  choose,
}: {
  readonly report: StockReport;
  readonly choose: ChooseRows;
}) {
  return (
    <Card title="By ABC class">
      <p className="muted small rows-note">
        A: the products with the most revenue, up to 80% of all; B: up to 95%; C: the others. Choose a number
        to list its products.
      </p>
      <Scroll label="Stock by ABC class">
        <table className="rows-plain">
          <thead>
            <tr>
              <th scope="col">Class</th>
              {COUNTS.map(({ header }) => (
                <th key={header} scope="col" className="numeric">
                  {header}
                </th>
              ))}
              <th scope="col" className="numeric">
                Pieces
              </th>
            </tr>
          </thead>
          <tbody>
            {report.classes.map((one) => (
              <tr key={one.abc_class}>
                <th scope="row">
                  <AbcClass value={one.abc_class} />
                </th>
                {COUNTS.map(({ header, of, where }) => (
                  <td key={header} className="numeric">
                    <button
                      type="button"
                      className="small"
                      aria-label={`${header} in class ${one.abc_class}: ${one[of]}`}
                      onClick={() => choose.where([`abc_class=${one.abc_class}`, ...where])}
                    >
                      {formatCount(one[of])}
                    </button>
                  </td>
                ))}
                <td className="numeric">{formatCount(BigInt(one.on_hand))}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </Scroll>
    </Card>
  );
}

const COUNTS: readonly {
  readonly header: string;
  readonly of: Exclude<keyof StockClass, 'abc_class' | 'on_hand'>;
  readonly where: readonly string[];
}[] = [
  { header: 'Products', of: 'products', where: [] },
  { header: 'Out of stock', of: 'stock_outs', where: ['is_stock_out=true'] },
  { header: 'Within 14 days', of: 'running_out', where: ['is_stock_out=false', 'days_of_cover<=14'] },
  { header: 'Overstock', of: 'overstocked', where: ['is_overstock=true'] },
];
