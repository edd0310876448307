-- The rows of a mart that meet conditions.
-- rows: relation; condition: of r
select r.*
from $[rows] as r
where $[condition]
