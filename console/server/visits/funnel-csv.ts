import { quotedCell } from '../../../domain/csv-cell';
import type { ChannelFunnel } from '../../api/funnel';

const STEPS = ['viewed', 'carted', 'checked_out', 'purchased'] as const;

/** The funnels of the channels as CSV, with the names of the columns of funnel_kpis. */
export function funnelCsv(channels: readonly ChannelFunnel[]): string {
  const header = ['channel', 'sessions', ...STEPS, ...STEPS.map((step) => `${step}_any`), 'conversion_rate'];
  const lines = channels.map(({ channel, sessions, closed, open, conversion_rate }) =>
    [
      quotedCell(channel),
      sessions,
      ...STEPS.map((step) => closed[step]),
      ...STEPS.map((step) => open[step]),
      conversion_rate ?? '',
    ].join(','),
  );
  return [header.join(','), ...lines].join('\n').concat('\n');
}
