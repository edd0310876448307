-- One row per session that meets the conditions, in an order, after a place in it, and the number of all that meet them.
-- person: condition of the session's visitor or user; order: column of the order; before: < for descending order, > for ascending;
-- direction: desc or asc; type: of the order's column; $from, $to: the days that sessions start on, both included; $channel, $step,
-- $device, $has_purchase: null for any; $after_value, $after_key: the place, null for the first rows; $limit
with chosen as (
  select *
  from sessions
  where event_date between cast($from as date) and cast($to as date)
    and (cast($channel as varchar) is null or channel = $channel)
    and (cast($step as varchar) is null or coalesce(furthest_step, 'none') = $step)
    and (cast($device as varchar) is null or coalesce(device_type, 'unknown') = $device)
    and (cast($has_purchase as boolean) is null or (purchases > 0) = $has_purchase)
    and $[person]
)

select
  session_key,
  cast(event_date as varchar) as event_date,
  visitor_id,
  session_id,
  epoch_us(started_at) as started_micros,
  epoch_us(ended_at) as ended_micros,
  cast(duration_seconds as varchar) as duration_seconds,
  events,
  page_views,
  landing_page,
  source,
  medium,
  campaign,
  channel,
  device_type,
  furthest_step,
  funnel_steps,
  purchases,
  cast(revenue as varchar) as revenue,
  is_engaged,
  cast(chosen.$[order] as varchar) as place,
  (select count(*) from chosen) as total
from chosen
where cast($after_key as varchar) is null
  or (chosen.$[order], chosen.session_key) $[before] (cast($after_value as $[type]), $after_key)
order by chosen.$[order] $[direction], chosen.session_key $[direction]
limit cast($limit as integer)
