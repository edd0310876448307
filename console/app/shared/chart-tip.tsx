/** What stands at a point of a chart, in words. */
export interface Tip {
  readonly title: string;
  readonly lines: readonly {
    readonly name: string;
    readonly value: string;
    /** Of theme.css's `--chart-1` to 8. */
    readonly colour?: number;
  }[];
  /** What is to be known of the numbers. */
  readonly note?: string;
}

interface Props {
  readonly tip: Tip;
  /** Where the point is, and how wide the chart is, in pixels. */
  readonly x: number;
  readonly width: number;
}

/** Beside the point, on the side that has more room; the mouse passes through. */
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

/** A sample of a series' colour. @param colour of theme.css's `--chart-1` to 8 */
export function Swatch({ colour }: { readonly colour: number }) {
  return <span className="swatch" style={{ background: `var(--chart-${colour})` }} aria-hidden="true" />;
}
