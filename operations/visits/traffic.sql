-- The sums of traffic_kpis: per period, per period and bucket, and per period, bucket and part of the traffic.
-- $from, $to: the days, both included; $start: the first day of the period before, or $from without one; $length: number of days,
-- by which the period before is moved to its bucket; $granularity: of date_trunc; $channel: null for all, whose parts are
-- channels; those of one channel are sources; $named: number of parts with a name, the others are one without
with days as (
  select
    event_date,
    event_date < cast($from as date) as is_before,
    cast(event_date + case when event_date < cast($from as date) then cast($length as integer) else 0 end as date) as day,
    case when cast($channel as varchar) is null then channel else source end as part,
    sessions,
    visitors,
    engaged_sessions,
    sessions * avg_duration_seconds as seconds,
    purchases,
    revenue
  from traffic_kpis
  where event_date between cast($start as date) and cast($to as date)
    and (cast($channel as varchar) is null or channel = $channel)
),

ranked as (
  select
    part,
    row_number() over (order by sum(sessions) desc, part) as place,
    count(*) over () as parts
  from days
  where not is_before
  group by part
),

bucketed as (
  select
    days.*,
    greatest(cast(date_trunc($granularity, day) as date), cast($from as date)) as bucket,
    case when place <= cast($named as integer) or parts <= cast($named as integer) + 1 then days.part end as name
  from days
  left join ranked on ranked.part = days.part
)

select
  is_before,
  cast(bucket as varchar) as bucket,
  name,
  grouping(bucket) = 0 as has_bucket,
  grouping(name) = 0 as has_name,
  (select max(parts) from ranked) as parts,
  count(distinct event_date) as days,
  sum(sessions) as sessions,
  sum(visitors) as visitors,
  sum(engaged_sessions) as engaged_sessions,
  sum(seconds) as seconds,
  sum(purchases) as purchases,
  sum(revenue) as revenue
from bucketed
group by grouping sets ((is_before), (is_before, bucket), (is_before, bucket, name))
