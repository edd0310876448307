/** The text of a point in a chart. */
export interface Tip {
  readonly title: string;
  readonly lines: readonly {
    readonly name: string;
    readonly value: string;
    /** Number of a colour `--chart-1` to `--chart-8` in theme.css. */
    readonly colour?: number;
  }[];
  /** A note about the numbers. */
  readonly note?: string;
}

interface Props {
  readonly tip: Tip;
  /** Position of the point and width of the chart, in pixels. */
  readonly x: number;
  readonly width: number;
}

/** A tooltip beside the point, on the side with more space; it ignores the mouse. */
export function ChartTip({ tip, x, width }: Props) {
  const place = x < width / 2 ? { left: x + 12 } : { right: width - x + 12 };
  return (
    <div className="chart-tip" style={place} aria-hidden="true">
      <p className="chart-tip-title">
        <bdi>{tip.title}</bdi>
      </p>
      <dl>
        {tip.lines.map(({ name, value, colour }) => (
          <div key={name}>
            <dt>
              {colour !== undefined && <Swatch colour={colour} />}
              <bdi>{name}</bdi>
            </dt>
            <dd>{value}</dd>
          </div>
        ))}
      </dl>
      {tip.note && <p className="muted small">{tip.note}</p>}
    </div>
  );
}

/** A sample of a series' colour. @param colour number of `--chart-1` to `--chart-8` in theme.css */
export function Swatch({ colour }: { readonly colour: number }) {
  return <span className="swatch" style={{ background: `var(--chart-${colour})` }} aria-hidden="true" />;
}
