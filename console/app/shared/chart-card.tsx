import { type ReactNode, useState } from 'react';
import { Card } from './page';

interface Props {
  readonly title: string;
  readonly chart: ReactNode;
  /** The same numbers as an accessible table. */
  readonly table: ReactNode;
  readonly children?: ReactNode;
}

/** A card that shows a chart or its table. */
export function ChartCard({ title, chart, table, children }: Props) {
  const [isTable, setTable] = useState(false);
  return (
    <Card
      title={title}
      actions={
        <button type="button" className="small" onClick={() => setTable(!isTable)}>
          {isTable ? 'Show as chart' : 'Show as table'}
        </button>
      }
    >
      {children}
      {isTable ? table : chart}
    </Card>
  );
}
