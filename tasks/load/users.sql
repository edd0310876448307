-- One row per user of the kind users.
-- rows: relation of the columns below
select
  cast(id as varchar) as user_id,
  try_cast(age as bigint) as age,
  cast(gender as varchar) as gender,
  cast(city as varchar) as city,
  cast(state as varchar) as state,
  cast(country as varchar) as country,
  cast(traffic_source as varchar) as traffic_source,
  try_cast(created_at as timestamptz) as registered_at
from $[rows] as users
