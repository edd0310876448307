-- A key that several rows from one line have; the latest row of a key counts, so only one of them would.
-- key: columns of the key in the table; table: typed rows of one file
select line, count(*) as rows, concat_ws(', ', $[key]) as key
from $[table]
group by line, $[key]
having count(*) > 1
order by line
limit 1
