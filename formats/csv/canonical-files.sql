-- One row per file of canonical rows: the number of its first row, the lines, those accepted, and whether its lines lie
-- together, so that row numbers number them.
-- rows: relation of what canonical-rows.sql wrote
select
  file,
  min(file_row_number) as first_row,
  count(*) as lines,
  count(*) filter (where accepted) as accepted,
  max(file_row_number) - min(file_row_number) + 1 = count(*) as together
from $[rows]
group by file
order by file
