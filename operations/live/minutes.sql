-- grain: one row per minute of the last 60
-- inputs: live_events
-- parameters: now (UTC)
with
  minutes as (
    select unnest(generate_series(
      date_trunc('minute', cast($now as timestamp)) - interval 59 minute,
      date_trunc('minute', cast($now as timestamp)),
      interval 1 minute
    )) as minute
  )
select minute, count(id) as events, count(distinct visitor) as visitors
from minutes
left join live_events on date_trunc('minute', happened_at) = minute
group by minute
order by minute
