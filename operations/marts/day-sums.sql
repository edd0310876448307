-- The sums of columns per day, week (from Monday), month or year, of the rows that meet a condition.
-- rows: relation; condition: of r; day: date column; sums: expressions of r; $unit: day, week, month or year
select
  cast(date_trunc($unit, r.$[day]) as date) as start,
  count(*) as n,
  $[sums]
from $[rows] as r
where $[condition]
group by 1
order by 1
