-- The sums of funnel_kpis: per period, per period and bucket, and per period and channel.
-- $from, $to, $start, $length, $granularity, $channel: as in traffic.sql; the sums per channel are of all channels
with days as (
  select
    *,
    event_date < cast($from as date) as is_before,
    cast(event_date + case when event_date < cast($from as date) then cast($length as integer) else 0 end as date) as day
  from funnel_kpis
  where event_date between cast($start as date) and cast($to as date)
),

bucketed as (
  select
    *,
    greatest(cast(date_trunc($granularity, day) as date), cast($from as date)) as bucket,
    cast($channel as varchar) is null or channel = $channel as is_chosen
  from days
)

select
  is_before,
  cast(bucket as varchar) as bucket,
  channel,
  grouping(bucket) = 0 as has_bucket,
  grouping(channel) = 0 as has_channel,
  is_chosen,
  count(distinct event_date) as days,
  sum(sessions) as sessions,
  sum(viewed) as viewed,
  sum(carted) as carted,
  sum(checked_out) as checked_out,
  sum(purchased) as purchased,
  sum(viewed_any) as viewed_any,
  sum(carted_any) as carted_any,
  sum(checked_out_any) as checked_out_any,
  sum(purchased_any) as purchased_any
from bucketed
group by grouping sets ((is_before, is_chosen), (is_before, is_chosen, bucket), (is_before, is_chosen, channel))
