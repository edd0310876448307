interface Props {
  readonly className: string;
  readonly name: string;
  readonly value: string;
  /** What the number is of. */
  readonly note: string;
}

/** A number with its name and a note, in a `<dl>`. */
export function NumberTile({ className, name, value, note }: Props) {
  return (
    <div className={className}>
      <dt className="muted small">{name}</dt>
      <dd>
        <strong className="kpi-number">
          <bdi>{value}</bdi>
        </strong>
        <span className="muted small">{note}</span>
      </dd>
    </div>
  );
}
