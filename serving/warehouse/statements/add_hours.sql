-- One row per hour with a fact.
-- named: query of the column starts_at; if_absent: what is done with those that another transaction has just inserted
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
  case when extract(dow from starts_at) = 0 then 7 else extract(dow from starts_at)::integer end,
  extract(hour from starts_at)::integer,
  extract(dow from starts_at) in (0, 6)
from ($[named]) as named
where not exists (select 1 from dim_time where dim_time.starts_at = named.starts_at)
order by named.starts_at
$[if_absent]
