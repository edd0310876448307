import { useQuery } from '@tanstack/react-query';
import { Link } from 'wouter';
import type { MartList, MartSummary } from '../../api/marts';
import { titleOf } from '../rows/column-text';
import { Time } from '../shared/about';
import { getJson } from '../shared/api';
import { formatCount } from '../shared/format';
import { Fact, Page } from '../shared/page';
import { Empty, Fetched } from '../shared/states';
import { DescriptionText, servedText } from './mart-text';

const POLL_MS = 5_000;

/** All marts of the deployment. */
export function MartListPage() {
  const marts = useQuery({
    queryKey: ['marts'],
    queryFn: ({ signal }) => getJson<MartList>('marts', undefined, signal),
    refetchInterval: POLL_MS,
  });
  return (
    <Page title="Marts">
      <p className="muted mart-note">
        Tables that are computed from files and events, and kept exact while these change. Choose one to see
        its columns and rows.
      </p>
      <Fetched query={marts} what="marts">
        {({ marts: found }) =>
          found.length === 0 ? (
            <Empty title="This deployment has no marts">
              Deploy it with marts: <code>npx cdk deploy -c marts=DIR</code>.
            </Empty>
          ) : (
            <ul className="mart-list">
              {found.map((mart) => (
                <li key={mart.name} className="card">
                  <MartCard mart={mart} />
                </li>
              ))}
            </ul>
          )
        }
      </Fetched>
    </Page>
  );
}

function MartCard({ mart }: { readonly mart: MartSummary }) {
  const { name, description, grain, rows, refreshed_at } = mart;
  return (
    <>
      <div>
        <h2>
          <Link href={`/${encodeURIComponent(name)}`}>{titleOf(name)}</Link>
        </h2>
        <code className="muted">{name}</code>
      </div>
      <p className="mart-description">
        <DescriptionText text={description} isSentence />
      </p>
      <dl className="fact-list mart-facts">
        {grain !== null && (
          <Fact name="One row">
            <DescriptionText text={grain.replace(/^one row /, '')} />
          </Fact>
        )}
        <Fact name="Rows">{rows === null ? 'no table yet' : formatCount(rows)}</Fact>
        <Fact name="Served by">{servedText(mart)}</Fact>
        <Fact name="Last refresh">{refreshed_at === null ? '–' : <Time at={refreshed_at} />}</Fact>
      </dl>
    </>
  );
}
