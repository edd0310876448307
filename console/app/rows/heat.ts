import type { CSSProperties } from 'react';

/** The strongest mix that text stays readable on, in percent. */
const STRONGEST = 45;

/** The background of a cell: the higher, the stronger. @param part from 0 to 1 */
export function heatStyle(part: number): CSSProperties {
  const mix = Math.round(Math.min(1, Math.max(0, part)) * STRONGEST);
  return { background: `color-mix(in srgb, var(--chart-1) ${mix}%, var(--sunken))` };
}
