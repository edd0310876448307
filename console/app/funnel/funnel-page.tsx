import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { useCallback } from 'react';
import { useLocation } from 'wouter';
import type { FunnelReport } from '../../api/funnel';
import type { DayRange, Days, NoDays } from '../../api/range';
import { Part } from '../range/part';
import { RangeControls } from '../range/range-controls';
import { daysText } from '../range/range-text';
import { Tiles } from '../range/tiles';
import { Trend } from '../range/trend';
import { useRange } from '../range/use-range';
import { useAddress } from '../shared/address';
import { getJson } from '../shared/api';
import { DownloadButton } from '../shared/download-button';
import { Card, Page } from '../shared/page';
import { Empty, Fetched } from '../shared/states';
import { ChannelSelect } from '../visits/channel-select';
import { NoVisits } from '../visits/no-visits';
import { Channels } from './channels';
import { type FunnelMetric, METRICS } from './funnel-text';
import { Levels } from './levels';
import './funnel.css';

const POLL_MS = 5_000;

/** How many sessions get from a view to a purchase, and where the others stop. */
export default function FunnelPage() {
  const { choice, choose, query } = useRange();
  const { get, set } = useAddress();
  const [, navigate] = useLocation();
  const channel = get('channel');
  const metric = METRICS.find(({ id }) => id === get('metric')) ?? (METRICS[0] as FunnelMetric);
  const report = useQuery({
    queryKey: ['funnel', query, channel],
    queryFn: ({ signal }) => getJson<FunnelReport | NoDays>('funnel', { ...query, channel }, signal),
    refetchInterval: POLL_MS,
    placeholderData: keepPreviousData,
  });
  const chooseChannel = (name: string | undefined) => set({ channel: name });

  // By the choice, not by its days: those of a period move on with new data.
  const viewOf = ({ granularity }: DayRange) => `${choice.period} ${choice.from} ${choice.to} ${granularity}`;

  /** Lists the sessions of a day; zooms into a week, month or year. */
  const open = useCallback(
    ({ from, to }: Days) => {
      if (from !== to) return choose.days({ from, to });
      navigate(`~/sessions?${new URLSearchParams({ from, to, ...(channel && { channel }) })}`);
    },
    [choose, channel, navigate],
  );
  return (
    <Page title="Funnel">
      <Fetched query={report} what="the funnel">
        {(found) =>
          found.range ? (
            <Part isStale={report.isPlaceholderData}>
              <RangeControls range={found.range} choice={choice} choose={choose} />
              <ChannelSelect
                channels={found.channels.map((one) => one.channel).sort()}
                chosen={channel}
                onChoose={chooseChannel}
              />
              <Tiles
                metrics={METRICS}
                chosen={metric.id}
                totals={found.totals}
                before={found.totals_before}
                change={found.change}
                nothingBefore={found.totals_before?.days === 0 ? 'no visits before' : undefined}
                onChoose={(id) => set({ metric: id })}
              />
              {found.totals.days > 0 ? (
                <>
                  <div className="grid">
                    <Levels
                      title="Closed funnel"
                      hint="Each step at or after the one before it, in the same session."
                      levels={found.levels.closed}
                    />
                    <Levels
                      title="Open funnel"
                      hint="Each step at any time of the session, whatever came before it."
                      levels={found.levels.open}
                    />
                  </div>
                  <Trend
                    range={found.range}
                    buckets={found.buckets}
                    metrics={METRICS}
                    metric={metric}
                    dayHint="Click a day for its sessions."
                    view={viewOf(found.range)}
                    onOpen={open}
                  />
                </>
              ) : (
                <Empty title="No visits on these days">
                  There are visits from {daysText(found.range.data)}
                  {channel !== undefined && ', perhaps in other channels'}.
                </Empty>
              )}
              {found.channels.length > 0 && (
                <Card
                  title="Channels"
                  actions={
                    <DownloadButton
                      path="funnel/channels.csv"
                      fileName={`funnel_${found.range.days.from}_${found.range.days.to}.csv`}
                      query={query}
                    >
                      Channels as CSV
                    </DownloadButton>
                  }
                >
                  <p className="muted small kpi-hint">
                    Sessions of the closed / open funnel. Click a channel to see its funnel alone.
                  </p>
                  <Channels channels={found.channels} onChoose={chooseChannel} />
                </Card>
              )}
            </Part>
          ) : (
            <NoVisits />
          )
        }
      </Fetched>
    </Page>
  );
}
