import { useQuery } from '@tanstack/react-query';
import { Link } from 'wouter';
import type { MartDetail } from '../../api/marts';
import { titleOf } from '../rows/column-text';
import { RowsCard } from '../rows/rows-card';
import { useRowsChoice } from '../rows/use-rows';
import { Time } from '../shared/about';
import { getJson } from '../shared/api';
import { formatCount } from '../shared/format';
import { Fact, Page } from '../shared/page';
import { Empty, Fetched } from '../shared/states';
import { ColumnsCard } from './columns-card';
import { MartChartCard } from './mart-chart';
import { DescriptionText, servedText } from './mart-text';

const POLL_MS = 5_000;

/** One mart: what it is, a chart if its rows have a day, its rows and its columns. */
export function MartPage({ name }: { readonly name: string }) {
  const mart = useQuery({
    queryKey: ['marts', name],
    queryFn: ({ signal }) => getJson<MartDetail>(`marts/${encodeURIComponent(name)}`, undefined, signal),
    refetchInterval: POLL_MS,
  });
  return (
    <Page title={titleOf(name)} actions={<Link href="/">All marts</Link>}>
      <Fetched query={mart} what="the mart">
        {(found) => <MartParts mart={found} />}
      </Fetched>
    </Page>
  );
}

function MartParts({ mart }: { readonly mart: MartDetail }) {
  const { name, description, day, rows, measures } = mart;
  const { choice, choose } = useRowsChoice(day === null ? undefined : { sort: day, desc: true });
  return (
    <>
      <p className="mart-note">
        <DescriptionText text={description} isSentence />
      </p>
      <MartFacts mart={mart} />
      {rows === null ? (
        <Empty title="This mart has no table yet">
          The first execution with rows for it creates it. It is computed from {mart.inputs.join(', ')}.{' '}
          <Link href="~/files">Upload files to start one.</Link>
        </Empty>
      ) : (
        <>
          {day !== null && measures.length > 0 && rows > 0 && (
            <MartChartCard mart={mart} choice={choice} choose={choose} />
          )}
          <RowsCard
            title={`Rows of ${titleOf(name)}`}
            path={`marts/${encodeURIComponent(name)}/rows`}
            choice={choice}
            choose={choose}
            hasDays={day !== null}
            mart={name}
          />
        </>
      )}
      <ColumnsCard columns={mart.columns} />
    </>
  );
}

function MartFacts({ mart }: { readonly mart: MartDetail }) {
  const { name, grain, key, rows, version, refreshed_at, inputs } = mart;
  return (
    <dl className="fact-row">
      <Fact name="Name">
        <code>{name}</code>
      </Fact>
      {grain !== null && (
        <Fact name="One row">
          <DescriptionText text={grain.replace(/^one row /, '')} />
        </Fact>
      )}
      <Fact name="Key">{key.join(', ')}</Fact>
      {rows !== null && <Fact name="Rows">{formatCount(rows)}</Fact>}
      {version !== null && <Fact name="Version">{formatCount(version)}</Fact>}
      <Fact name="Computed from">{inputs.join(', ')}</Fact>
      <Fact name="Served by">{servedText(mart)}</Fact>
      {refreshed_at !== null && (
        <Fact name="Last refresh">
          <Time at={refreshed_at} />
        </Fact>
      )}
    </dl>
  );
}
