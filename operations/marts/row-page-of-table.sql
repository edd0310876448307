-- The same page of a stored table: only the columns of the order are sorted, the others are read for the page alone.
-- rows: table; condition: of r; order: of r; limit, first: numbers
with page as (
  select r.rowid as place
  from $[rows] as r
  where $[condition]
  order by $[order]
  limit $[limit] offset $[first]
)

select r.*
from $[rows] as r
where r.rowid in (select place from page)
order by $[order]
