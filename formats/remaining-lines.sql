-- One row per line that is not accepted, in order: file and row number.
-- rows: relation written by canonical-rows.sql
select
  file,
  file_row_number::double as row_number
from $[rows]
where not accepted
order by row_number
