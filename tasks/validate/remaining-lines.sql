-- One row per line of a table of canonical rows that is not accepted, in order: file and rowid.
-- table: made by canonical-rows.sql
select
  file,
  rowid::double as row_id
from {table}
where not accepted
order by rowid
