-- Makes a table of one row per line of plain files of one shape behind their headers, in the order of files and lines, so
-- that rowids number the lines: `file`, the columns' values, null where empty or not canonical, and `accepted`, whether
-- all cells of the line are canonical.
-- table: name of the temporary table; cells: relation of the lines' cells: file, the text cells, and `complete`, whether
-- they are as many as the header's; columns: the values; names: their names; accepted: condition over values and cells
-- units: money decimal(18,4) in the shop's currency, times in microseconds UTC
create or replace temp table {table} as
with cells as (
  {cells}
),

typed as (
  select
    *,
    {columns}
  from cells
)

select
  file,
  {names},
  complete and {accepted} as accepted
from typed
