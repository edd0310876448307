import type { Column, Contract, Source } from '../../../domain/contract';
import { formatCount } from '../shared/format';
import { Card } from '../shared/page';
import { flowText } from './contract-facts';

/** The columns of a contract with everything that is declared about them. */
export function ContractColumns({ definition }: { readonly definition: Contract | Source }) {
  const { columns } = definition;
  const key = 'key' in definition ? definition.key : [];
  return (
    <Card title={`Columns: ${formatCount(columns.length)}`}>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: it scrolls, so a keyboard must reach it */}
      <section className="contract-columns" aria-label="Columns" tabIndex={0}>
        <table>
          <thead>
            <tr>
              <th scope="col">Column</th>
              <th scope="col">Type</th>
              <th scope="col">Declared</th>
              <th scope="col">Other names</th>
              <th scope="col">Description</th>
            </tr>
          </thead>
          <tbody>
            {columns.map((column) => (
              <tr key={column.name}>
                <th scope="row">
                  <code>{column.name}</code>
                </th>
                <td>{column.type}</td>
                <td>{declaredOf(column, key).join(', ')}</td>
                <td>{column.aliases?.join(', ')}</td>
                <td>
                  <Description text={column.description ?? ''} />
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </section>
    </Card>
  );
}

function declaredOf({ name, required, notation, pseudonymize }: Column, key: readonly string[]): string[] {
  return [
    ...(key.includes(name) ? ['key'] : []),
    ...(required ? ['required'] : []),
    ...(pseudonymize ? ['pseudonymized'] : []),
    ...(notation ? [flowText(notation)] : []),
  ];
}

/** Text with `code` in backticks. */
function Description({ text }: { readonly text: string }) {
  return text.split('`').map((part, at) => (at % 2 === 0 ? part : <code key={at}>{part}</code>));
}
