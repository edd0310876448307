-- One row per line of canonical rows that is not accepted, in order: file and number of the row.
-- rows: relation of what canonical-rows.sql wrote
select
  file,
  file_row_number::double as row_number
from $[rows]
where not accepted
order by row_number
