import type { ReactNode } from 'react';
import './rows.css';

export interface Figure {
  readonly name: string;
  readonly value: ReactNode;
  /** A short remark below. */
  readonly note?: ReactNode;
}

/** Numbers of a whole page, each with its name. */
export function Figures({ figures }: { readonly figures: readonly Figure[] }) {
  return (
    <dl className="rows-figures">
      {figures.map(({ name, value, note }) => (
        <div key={name}>
          <dt>{name}</dt>
          <dd>{value}</dd>
          {note && <dd className="muted small">{note}</dd>}
        </div>
      ))}
    </dl>
  );
}
