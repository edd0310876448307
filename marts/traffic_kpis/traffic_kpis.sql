-- One row per event_date, channel, source and medium with a session.
-- input: sessions; units: money as the events have it, seconds; what is sent as source or medium can be of any length
with totals as (
  select
    event_date,
    channel,
    left(source, 100) as source,
    left(medium, 100) as medium,
    count(*) as sessions,
    count(distinct visitor_id) + count(*) filter (where visitor_id is null) as visitors,
    count(*) filter (where is_engaged) as engaged_sessions,
    cast(sum(duration_seconds) * 1000000 as decimal(38, 0)) as micros,
    cast(sum(purchases) as bigint) as purchases,
    sum(revenue) as revenue
  from sessions
  group by 1, 2, 3, 4
)

select
  event_date,
  channel,
  source,
  medium,
  sessions,
  visitors,
  engaged_sessions,
  cast(div((sessions - engaged_sessions) * 20000 + sessions, sessions * 2) as decimal(35, 0))
    * cast(0.01 as decimal(3, 2)) as bounce_rate,
  cast(div(micros + sessions * 5000, sessions * 10000) as decimal(35, 0))
    * cast(0.01 as decimal(3, 2)) as avg_duration_seconds,
  purchases,
  revenue
from totals
