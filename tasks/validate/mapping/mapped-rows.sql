-- The rows that the SQL of a kind gave, as text.
-- columns: casts to varchar; table: the SQL's result; faults: table with the lines of bad rows
select _line, $[columns]
from $[table]
where _line not in (select line from $[faults])
