-- One row per file of a table of canonical rows: the first rowid, the lines, those accepted, and whether its lines lie
-- together, so that rowids number them.
-- table: made by canonical-rows.sql
select
  file,
  min(rowid) as first_row,
  count(*) as lines,
  count(*) filter (where accepted) as accepted,
  max(rowid) - min(rowid) + 1 = count(*) as together
from {table}
group by file
order by file
