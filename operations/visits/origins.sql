-- One row per origin with a session in the days: its sums in traffic_kpis. An origin is a channel, a source, a medium, or all three.
-- $from, $to, $start, $channel: as in traffic.sql; $by_channel, $by_source, $by_medium: what an origin is; $limit: maximum rows
select
  case when $by_channel then channel end as channel,
  case when $by_source then source end as source,
  case when $by_medium then medium end as medium,
  count(*) over () as origins,
  count(distinct event_date) filter (where event_date >= cast($from as date)) as days,
  sum(sessions) filter (where event_date >= cast($from as date)) as sessions,
  coalesce(sum(sessions) filter (where event_date < cast($from as date)), 0) as sessions_before,
  sum(visitors) filter (where event_date >= cast($from as date)) as visitors,
  sum(engaged_sessions) filter (where event_date >= cast($from as date)) as engaged_sessions,
  sum(sessions * avg_duration_seconds) filter (where event_date >= cast($from as date)) as seconds,
  sum(purchases) filter (where event_date >= cast($from as date)) as purchases,
  sum(revenue) filter (where event_date >= cast($from as date)) as revenue
from traffic_kpis
where event_date between cast($start as date) and cast($to as date)
  and (cast($channel as varchar) is null or channel = $channel)
group by 1, 2, 3
having sum(sessions) filter (where event_date >= cast($from as date)) > 0
order by sessions desc, channel, source, medium
limit cast($limit as bigint)
