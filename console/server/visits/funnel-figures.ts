import { growth, percentage } from '../../../operations/kpis/decimals';
import type { FunnelSums, StepSums } from '../../../operations/visits/funnel';
import type { FunnelChange, FunnelFigures, FunnelLevel, FunnelSteps } from '../../api/funnel';
import { pointsBetween } from './compared';

const NO_STEPS: StepSums = { viewed: 0n, carted: 0n, checked_out: 0n, purchased: 0n };

export const NO_FUNNEL: FunnelSums = { days: 0, sessions: 0n, closed: NO_STEPS, open: NO_STEPS };

/** Rates are those of all sessions together, never means of rates. */
export function funnelFigures({ days, sessions, closed, open }: FunnelSums): FunnelFigures {
  return {
    days,
    sessions: Number(sessions),
    closed: stepsOf(closed),
    open: stepsOf(open),
    conversion_rate: percentage(open.purchased, sessions),
    closed_rate: percentage(closed.purchased, sessions),
    view_rate: percentage(closed.viewed, sessions),
    cart_rate: percentage(closed.carted, closed.viewed),
    checkout_rate: percentage(closed.checked_out, closed.carted),
    purchase_rate: percentage(closed.purchased, closed.checked_out),
  };
}

const stepsOf = ({ viewed, carted, checked_out, purchased }: StepSums): FunnelSteps => ({
  viewed: Number(viewed),
  carted: Number(carted),
  checked_out: Number(checked_out),
  purchased: Number(purchased),
});

export function funnelChange(now: FunnelFigures, before: FunnelFigures): FunnelChange {
  const points = (name: Exclude<keyof FunnelChange, 'sessions'>) => pointsBetween(now[name], before[name]);
  return {
    sessions: growth(BigInt(now.sessions), BigInt(before.sessions)),
    conversion_rate: points('conversion_rate'),
    closed_rate: points('closed_rate'),
    view_rate: points('view_rate'),
    cart_rate: points('cart_rate'),
    checkout_rate: points('checkout_rate'),
    purchase_rate: points('purchase_rate'),
  };
}

/** All sessions, then the steps of one of the funnels. */
export function funnelLevels(
  sessions: bigint,
  { viewed, carted, checked_out, purchased }: StepSums,
): FunnelLevel[] {
  return [sessions, viewed, carted, checked_out, purchased].map((count, at, all) => {
    const above = all[at - 1];
    return {
      sessions: Number(count),
      of_all: percentage(count, sessions),
      of_previous: above === undefined ? null : percentage(count, above),
      lost: above === undefined ? null : Number(above - count),
    };
  });
}
