import { keepPreviousData, queryOptions, usePrefetchQuery, useQuery } from '@tanstack/react-query';
import { useCallback } from 'react';
import { useLocation } from 'wouter';
import type { DayRange, Days, NoDays } from '../../api/range';
import { ORIGIN_KINDS, type OriginKind, type OriginReport, type TrafficReport } from '../../api/traffic';
import { Part } from '../range/part';
import { RangeControls } from '../range/range-controls';
import { daysText } from '../range/range-text';
import { Tiles } from '../range/tiles';
import { getJson, type Query } from '../shared/api';
import { DownloadButton } from '../shared/download-button';
import { Card, Page } from '../shared/page';
import { Empty, Fetched } from '../shared/states';
import { ChannelSelect } from '../visits/channel-select';
import { NoVisits } from '../visits/no-visits';
import { Origins } from './origins';
import { OverTime } from './over-time';
import { useTrafficChoice } from './traffic-choice';
import { METRICS, ORIGIN_NAMES } from './traffic-text';

const POLL_MS = 5_000;

function useReport<Report>(path: string, query: Query) {
  const options = queryOptions({
    queryKey: [path, query],
    queryFn: ({ signal }) => getJson<Report | NoDays>(path, query, signal),
    refetchInterval: POLL_MS,
    placeholderData: keepPreviousData,
  });
  // Before the page is drawn.
  usePrefetchQuery(options);
  return useQuery(options);
}

/** Where visits came from, how engaged they were, and what they bought. */
export default function TrafficPage() {
  const { choice, choose, query } = useTrafficChoice();
  const [, navigate] = useLocation();
  const report = useReport<TrafficReport>('traffic', query);
  const origins = useReport<OriginReport>('traffic/origins', { ...query, group: choice.group });
  const hasVisits = report.data?.range && report.data.totals.days > 0;

  // By the choice, not by its days: those of a period move on with new data.
  const viewOf = ({ granularity }: DayRange) => `${choice.period} ${choice.from} ${choice.to} ${granularity}`;

  /** Lists the sessions of a day; zooms into a week, month or year. */
  const open = useCallback(
    ({ from, to }: Days) => {
      if (from !== to) return choose.days({ from, to });
      const search = new URLSearchParams({ from, to, ...(choice.channel && { channel: choice.channel }) });
      navigate(`~/sessions?${search}`);
    },
    [choose, choice.channel, navigate],
  );
  return (
    <Page title="Traffic">
      <Fetched query={report} what="traffic">
        {(found) =>
          found.range ? (
            <Part isStale={report.isPlaceholderData}>
              <RangeControls range={found.range} choice={choice} choose={choose} />
              <ChannelSelect channels={found.channels} chosen={choice.channel} onChoose={choose.channel} />
              <Tiles
                metrics={METRICS}
                chosen={choice.metric.id}
                totals={found.totals}
                before={found.totals_before}
                change={found.change}
                nothingBefore={found.totals_before?.days === 0 ? 'no visits before' : undefined}
                onChoose={choose.metric}
              />
              <p className="muted small kpi-hint">
                Visitors of several days do not add up, so this is their mean per day; a visitor from two
                origins on a day counts twice. A session that is not engaged is a bounce.
              </p>
              {found.totals.days > 0 ? (
                <OverTime report={found} choice={choice} view={viewOf(found.range)} onOpen={open} />
              ) : (
                <Empty title="No visits on these days">
                  There are visits from {daysText(found.range.data)}
                  {choice.channel !== undefined && ', perhaps in other channels'}.
                </Empty>
              )}
            </Part>
          ) : (
            <NoVisits />
          )
        }
      </Fetched>
      {hasVisits && (
        <Card
          title="Origins"
          actions={
            <>
              <label className="row small">
                By
                <select
                  value={choice.group}
                  onChange={({ target }) => choose.group(target.value as OriginKind)}
                >
                  {ORIGIN_KINDS.map((kind) => (
                    <option key={kind} value={kind}>
                      {ORIGIN_NAMES[kind].toLowerCase()}
                    </option>
                  ))}
                </select>
              </label>
              <DownloadButton
                path="traffic/origins.csv"
                fileName={`traffic_by_${choice.group}.csv`}
                query={{ ...query, group: choice.group }}
              >
                Origins as CSV
              </DownloadButton>
            </>
          }
        >
          <Fetched query={origins} what="origins">
            {(found) =>
              found.range && (
                <Part isStale={origins.isPlaceholderData}>
                  <Origins
                    label="Origins"
                    report={found}
                    onChannel={choice.group === 'channel' ? choose.channel : undefined}
                  />
                </Part>
              )
            }
          </Fetched>
        </Card>
      )}
    </Page>
  );
}
