-- One row per hour with a fact.
-- named: query of the column starts_at
insert into dim_time (time_key, starts_at, date, year, quarter, month, week, day, weekday, hour, is_weekend)
select
  to_char(starts_at, 'YYYYMMDDHH24')::bigint,
  starts_at,
  starts_at::date,
  extract(year from starts_at)::integer,
  extract(quarter from starts_at)::integer,
  extract(month from starts_at)::integer,
  extract(week from starts_at)::integer,
  extract(day from starts_at)::integer,
  extract(isodow from starts_at)::integer,
  extract(hour from starts_at)::integer,
  extract(isodow from starts_at) in (6, 7)
from ($[named]) as named
order by named.starts_at
on conflict (time_key) do nothing
