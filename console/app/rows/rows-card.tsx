import type { ReactNode } from 'react';
import type { RowColumn } from '../../api/rows';
import type { Query } from '../shared/api';
import { Card } from '../shared/page';
import { Fetched } from '../shared/states';
import { CsvButton } from './csv-button';
import { Filters } from './filters';
import { Preparing } from './preparing';
import { RowsTable, type ShownColumn } from './rows-table';
import { type ChooseRows, conditionsOf, isPreparing, type RowsChoice, useRows } from './use-rows';

interface Props {
  readonly title: string;
  /** Below `/api/`; `PATH.csv` has all chosen rows. */
  readonly path: string;
  readonly choice: RowsChoice;
  readonly choose: ChooseRows;
  /** The address can have days. */
  readonly hasDays?: boolean;
  readonly show?: readonly ShownColumn[];
  /** The columns that conditions can be on; all if not given. */
  readonly filterable?: (column: RowColumn) => boolean;
  /** The mart whose rows they are, with their keys. */
  readonly mart?: string;
  /** Further parameters of the request. */
  readonly query?: Query;
  readonly children?: ReactNode;
}

/** Rows of a path: conditions, a table with pages, and a download. */
export function RowsCard({
  title,
  path,
  choice,
  choose,
  hasDays = false,
  show,
  filterable = () => true,
  mart,
  query = {},
  children,
}: Props) {
  const rows = useRows(path, choice, query);
  const { sort, desc } = choice;
  return (
    <Card
      title={title}
      actions={
        <CsvButton
          path={`${path}.csv`}
          fileName={`${title.toLowerCase().replaceAll(/\W+/g, '_')}.csv`}
          query={{ ...conditionsOf(choice), ...query, sort, desc }}
        />
      }
    >
      {children}
      <Fetched query={rows} what="rows">
        {(page) =>
          isPreparing(page) ? (
            <Preparing progress={page.preparing} what={title.toLowerCase()} />
          ) : (
            <>
              <Filters
                columns={page.columns.filter(filterable)}
                choice={choice}
                choose={choose}
                hasDays={hasDays}
              />
              {!page.is_current && (
                <p className="muted small rows-note" role="status">
                  These are the rows before the last execution. Those after it are being computed.
                </p>
              )}
              <div
                className={rows.isPlaceholderData ? 'rows-stale rows-part' : 'rows-part'}
                aria-busy={rows.isPlaceholderData}
              >
                <RowsTable
                  label={title}
                  page={page}
                  choice={choice}
                  choose={choose}
                  show={show}
                  mart={mart}
                />
              </div>
            </>
          )
        }
      </Fetched>
    </Card>
  );
}
