-- One row per row of a Parquet file, in order: its number from 1, the column whose bytes are not text, and the cells as text, null
-- if there is no value.
-- unreadable: name of that column or null; cells: the expressions; relation: of the file; first, last: row numbers from 0
select
  file_row_number + 1 as line,
  $[unreadable] as unreadable,
  $[cells]
from $[relation]
where file_row_number between $[first] and $[last]
