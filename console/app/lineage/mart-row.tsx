import { useQuery } from '@tanstack/react-query';
import { Link } from 'wouter';
import type { MartRowLineage } from '../../api/lineage';
import { Card, Page } from '../shared/page';
import { Empty, Fetched } from '../shared/states';
import { CommitText } from './commit-text';
import { InputRows } from './input-rows';
import { martRowQuery } from './queries';
import { RowValues } from './row-values';

interface Props {
  readonly mart: string;
  readonly rowKey: Readonly<Record<string, string>>;
}

/** A row of a mart, the execution that last changed it, and the rows it was computed from. */
export function MartRow({ mart, rowKey }: Props) {
  const lineage = useQuery(martRowQuery(mart, rowKey));
  return (
    <Page title={`Lineage: ${mart}`} actions={<Link href="">Another row</Link>}>
      <Fetched query={lineage} what="the rows behind this row">
        {(found) =>
          found.row ? (
            <>
              <Card title="This row">
                <p className="lineage-note muted">
                  {found.description}
                  {found.grain !== null && `, ${found.grain}`}.
                </p>
                <RowValues row={found.row} keyColumns={found.key} types={found.types} />
                <p className="lineage-note">
                  Last changed by <CommitText commit={found.changed} />
                </p>
              </Card>
              <Proof lineage={found} />
              {found.inputs.map((input) => (
                <InputRows key={input.view} lineage={found} rowKey={rowKey} input={input} />
              ))}
            </>
          ) : (
            <Empty title="There is no such row">
              {mart} has no row with this key. Rows exist only where there is something to count.
            </Empty>
          )
        }
      </Fetched>
    </Page>
  );
}

/** Whether the rows that are shown are all that the values depend on. */
function Proof({ lineage: { is_reproduced, is_newer, inputs } }: { readonly lineage: MartRowLineage }) {
  const isNarrow = inputs.some(({ where }) => where.length > 0);
  return (
    <p className={`lineage-proof ${is_reproduced ? 'lineage-proof-same' : ''}`} role="note">
      {is_reproduced ? (
        <>
          <span aria-hidden="true">✓ </span>
          {isNarrow
            ? 'The query of the mart over the rows below gives exactly these values.'
            : 'The query of the mart over the rows below gives these values. They are all rows that it reads for this row, as other rows can decide as well.'}
        </>
      ) : (
        'The query of the mart over the rows below does not give these values: they were computed from other rows, or by another definition of the mart. The next execution computes them again.'
      )}
      {is_newer &&
        ' The rows are shown as they are now, since the versions that the mart was computed from can no longer be read.'}
    </p>
  );
}
