import type { RowColumn } from '../../api/rows';
import { typeText } from '../rows/column-text';
import { Card } from '../shared/page';
import { DescriptionText } from './mart-text';

/** The columns of a mart: type, unit, and what they say. */
export function ColumnsCard({ columns }: { readonly columns: readonly RowColumn[] }) {
  return (
    <Card title="Columns">
      <table className="mart-columns">
        <thead>
          <tr>
            <th scope="col">Column</th>
            <th scope="col">Type</th>
            <th scope="col">Unit</th>
            <th scope="col">Description</th>
          </tr>
        </thead>
        <tbody>
          {columns.map((column) => {
            const { name, unit, description, is_key, is_computed } = column;
            const notes = [is_key && 'key', is_computed && 'computed when it is read'].filter(Boolean);
            return (
              <tr key={name}>
                <th scope="row">
                  <code>{name}</code>
                </th>
                <td>{typeText(column)}</td>
                <td>{unit}</td>
                <td>
                  {description !== null && <DescriptionText text={description} />}
                  {notes.length > 0 && <span className="muted"> ({notes.join(', ')})</span>}
                </td>
              </tr>
            );
          })}
        </tbody>
      </table>
    </Card>
  );
}
