-- The rows that the SQL of a source reads: those that are not bad, in the order of the file.
-- columns: expressions over c0, c1, ..., named as in the source; cells: table with one row per row of the file; faults: table
-- with the lines of bad rows
create temp table rows as
with filled as (
  select
    $[columns],
    line as _line
  from $[cells]
)

select *
from filled
where _line not in (select line from $[faults])
order by _line
