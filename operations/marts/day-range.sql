-- The first and the last day of the rows that meet a condition; null without any.
-- rows: relation; condition: of r; day: date column
select
  cast(min(r.$[day]) as varchar) as first_day,
  cast(max(r.$[day]) as varchar) as last_day
from $[rows] as r
where $[condition]
