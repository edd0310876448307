-- One row per day, as text, in whose files a key of the batch can be.
-- rows: relation of the batch's rows; day: its column with the day; is_uncertain: condition that a row of the key can also be in
-- the day before or after
with days as (
  select distinct cast($[day] as date) as day, $[is_uncertain] as is_uncertain
  from $[rows]
),

around as (
  select unnest(case when is_uncertain then [day - 1, day, day + 1] else [day] end) as day
  from days
)

select distinct cast(day as varchar) as day
from around
