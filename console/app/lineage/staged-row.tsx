import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { Link } from 'wouter';
import { plural } from '../../../domain/plural';
import type { StagedRowLineage, StagedVersion } from '../../api/lineage';
import { formatCount } from '../shared/format';
import { Card, Page } from '../shared/page';
import { Empty, Fetched } from '../shared/states';
import { Badge } from '../shared/status';
import { stagedRowQuery } from './queries';
import { RowValues } from './row-values';
import { VersionOrigin } from './version-origin';

interface Props {
  readonly kind: string;
  readonly rowKey: Readonly<Record<string, string>>;
}

/** A row of a file: its versions, newest first, each with the line that it is from. */
export function StagedRow({ kind, rowKey }: Props) {
  const row = useQuery(stagedRowQuery(kind, rowKey));
  return (
    <Page title={`Lineage: ${kind}`} actions={<Link href="">Another row</Link>}>
      <Fetched query={row} what="the versions of this row">
        {(found) =>
          found.versions.length > 0 ? (
            <Versions row={found} />
          ) : (
            <Empty title="There is no such row">
              {found.location} has no row with this key, and its log has none that was deleted.
            </Empty>
          )
        }
      </Fetched>
    </Page>
  );
}

function Versions({ row }: { readonly row: StagedRowLineage }) {
  const { versions, location, from } = row;
  return (
    <>
      <p className="lineage-note muted">
        {plural(versions.length, 'version', formatCount)} in <code>{location}</code>, newest first.{' '}
        {from === 'history'
          ? 'The contract keeps all of them.'
          : "Earlier versions are from the table's log, as long as it has them; a version that arrived later than a newer one is not there."}
      </p>
      {versions.map((version, at) => (
        <Version
          key={JSON.stringify([
            version.source_key,
            version.uploaded_at,
            version.line,
            version.staged?.version,
          ])}
          row={row}
          version={version}
          isOpen={at === 0}
        />
      ))}
    </>
  );
}

function Version({
  row,
  version,
  isOpen,
}: {
  readonly row: StagedRowLineage;
  readonly version: StagedVersion;
  readonly isOpen: boolean;
}) {
  const [isLoaded, setLoaded] = useState(isOpen);
  const { is_current, is_deleted, values } = version;
  return (
    <Card
      title={is_current ? 'The version that won' : 'Earlier version'}
      actions={
        <Badge tone={is_current ? (is_deleted ? 'warn' : 'good') : 'quiet'}>
          {is_deleted ? 'deletes the row' : is_current ? 'in the table' : 'replaced'}
        </Badge>
      }
    >
      <RowValues
        row={Object.fromEntries(row.columns.map((name) => [name, values[name] ?? null]))}
        keyColumns={row.key}
      />
      {isLoaded ? (
        <VersionOrigin version={version} />
      ) : (
        <div>
          <button type="button" onClick={() => setLoaded(true)}>
            Show its line
          </button>
        </div>
      )}
    </Card>
  );
}
