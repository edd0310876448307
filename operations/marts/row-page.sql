-- One page of the rows that meet a condition, in an order that every row has one place in.
-- rows: relation; condition: of r; order: of r; limit, first: numbers
select r.*
from $[rows] as r
where $[condition]
order by $[order]
limit $[limit] offset $[first]
