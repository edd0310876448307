interface Props {
  readonly channels: readonly string[];
  /** undefined for all. */
  readonly chosen: string | undefined;
  readonly onChoose: (channel: string | undefined) => void;
}

/** Chooses a channel, or all; the chosen one is listed even if it has no visits. */
export function ChannelSelect({ channels, chosen, onChoose }: Props) {
  const names = chosen === undefined || channels.includes(chosen) ? channels : [...channels, chosen];
  return (
    <label className="row">
      Channel
      <select value={chosen ?? ''} onChange={({ target }) => onChoose(target.value || undefined)}>
        <option value="">All channels</option>
        {names.map((name) => (
          <option key={name} value={name}>
            {name}
          </option>
        ))}
      </select>
    </label>
  );
}
