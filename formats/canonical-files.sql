-- One row per file of canonical rows: the number of its first row, its lines, the accepted lines, and whether its rows are
-- contiguous, so that row numbers give line numbers.
-- rows: relation written by canonical-rows.sql
select
  _file,
  min(file_row_number) as first_row,
  count(*) as lines,
  count(*) filter (where _accepted) as accepted,
  max(file_row_number) - min(file_row_number) + 1 = count(*) as together
from $[rows]
group by _file
order by _file
