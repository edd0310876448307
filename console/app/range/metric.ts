/** A value of a report that a page shows as a tile, as a line over time, and as a column of the table. */
export interface Metric<Figures, Change> {
  readonly id: string;
  readonly name: string;
  /** In the header of a table with many columns, if it differs. */
  readonly shortName?: string;
  /** An exact decimal or a count; null without data. */
  readonly value: (figures: Figures) => string | number | null;
  readonly format: (figures: Figures) => string;
  readonly change: (change: Change) => string | null;
  /** A percentage: the change is in percentage points. */
  readonly inPoints?: boolean;
  /** A lower value is better. */
  readonly isLowerBetter?: boolean;
  /** On a narrow screen the table has no column for it. */
  readonly wideOnly?: boolean;
}

/** For sorting only. */
export const numberOf = (value: string | number | null): number | undefined =>
  value === null ? undefined : Number(value);
