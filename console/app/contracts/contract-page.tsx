import { useQuery } from '@tanstack/react-query';
import { Link } from 'wouter';
import type { Source } from '../../../domain/contract';
import type { ContractDetail } from '../../api/contracts';
import { saveAs } from '../shared/api';
import { CopyButton } from '../shared/copy-button';
import { Card, Page } from '../shared/page';
import { Fetched } from '../shared/states';
import { TextBlock } from '../shared/text-block';
import { CheckFile } from './check-file';
import { ContractColumns } from './contract-columns';
import { factsOf } from './contract-facts';
import { ContractFiles } from './contract-files';
import { contractQuery } from './queries';

/** A contract or a source: what it declares, and the files that were read by it. */
export function ContractPage({ name }: { readonly name: string }) {
  const contract = useQuery(contractQuery(name));
  return (
    <Page title={name} actions={<Link href="/">All contracts</Link>}>
      <Fetched query={contract} what="the contract">
        {(detail) => (
          <>
            <Declared detail={detail} />
            <ContractColumns definition={detail.definition} />
            {'maps' in detail.definition && <Mappings {...detail.definition} />}
            <ContractFiles name={name} />
            <CheckFile contracts={[detail.listed]} />
            <Yaml name={name} yaml={detail.yaml} />
          </>
        )}
      </Fetched>
    </Page>
  );
}

function Declared({ detail }: { readonly detail: ContractDetail }) {
  const { listed, sources } = detail;
  return (
    <Card title={listed.maps.length > 0 ? 'Source' : 'Kind'}>
      {listed.description !== null && <p className="contracts-note">{listed.description}</p>}
      <dl className="fact-list contract-facts">
        {factsOf(detail).map(({ name, value, isCode }) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd>{isCode ? <code>{value}</code> : value}</dd>
          </div>
        ))}
        <Links name="Gives rows to" names={listed.maps} />
        <Links name="Also gets rows from" names={sources} />
      </dl>
    </Card>
  );
}

function Links({ name, names }: { readonly name: string; readonly names: readonly string[] }) {
  if (names.length === 0) return null;
  return (
    <div>
      <dt>{name}</dt>
      <dd className="row">
        {names.map((one) => (
          <Link key={one} href={`/${encodeURIComponent(one)}`}>
            {one}
          </Link>
        ))}
      </dd>
    </div>
  );
}

function Mappings({ maps }: Source) {
  return (
    <Card title="Mapping">
      <p className="contracts-note muted">
        Each query gives the rows of one kind, over the file's columns as text in the relation{' '}
        <code>rows</code>.
      </p>
      {Object.entries(maps).map(([kind, sql]) => (
        <section key={kind} className="mapping" aria-label={`Mapping to ${kind}`}>
          <div className="card-head">
            <h3>
              <Link href={`/${encodeURIComponent(kind)}`}>{kind}</Link>
            </h3>
            <CopyButton text={sql} what={`the SQL of ${kind}`} />
          </div>
          <TextBlock label={`SQL of ${kind}`} text={sql} />
        </section>
      ))}
    </Card>
  );
}

function Yaml({ name, yaml }: { readonly name: string; readonly yaml: string }) {
  return (
    <Card
      title="As a contract file"
      actions={
        <>
          <CopyButton text={yaml} what="the contract" />
          <button
            type="button"
            className="small"
            onClick={() => saveAs(new Blob([yaml], { type: 'application/yaml' }), `${name}.yaml`)}
          >
            Download {name}.yaml
          </button>
        </>
      }
    >
      <TextBlock label={`Contract of ${name} as YAML`} text={yaml} />
    </Card>
  );
}
