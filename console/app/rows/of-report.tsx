import type { UseQueryResult } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import type { MartAbsent, RowsPreparing } from '../../api/rows';
import { Empty, Fetched } from '../shared/states';
import { Preparing } from './preparing';
import { isPreparing } from './use-rows';

interface Props<Report> {
  readonly query: UseQueryResult<Report | RowsPreparing | MartAbsent, Error>;
  /** Plural, as in "Preparing customers". */
  readonly what: string;
  readonly children: (report: Report) => ReactNode;
}

/** A report of a mart, how far it is, or why there is none. */
export function OfReport<Report extends object>({ query, what, children }: Props<Report>) {
  return (
    <Fetched query={query} what={what}>
      {(found) => {
        if (isPreparing(found)) return <Preparing progress={found.preparing} what={what} />;
        if ('absent' in found) {
          return (
            <Empty title={`This deployment leaves out the mart ${found.absent}`}>
              It is needed here. Deploy without naming it in <code>withoutMarts</code>.
            </Empty>
          );
        }
        return children(found as Report);
      }}
    </Fetched>
  );
}
