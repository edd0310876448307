-- One row per line that is not accepted, in order: file, row number, and line if the rows have lines.
-- rows: relation written by canonical-rows.sql
select
  _file,
  file_row_number::double as row_number,
  _source_line::double as line
from $[rows]
where not _accepted
order by row_number
