-- One row per session: the events of a visitor with the same session_id, or without one, and no gap of more than 30 minutes.
-- inputs: counted_events, transactions; units: money as the events have it, seconds
with events as (
  select
    counted_events.*,
    unix_micros(counted_events.event_time) as micros,
    case
      when counted_events.event_name = 'purchase' and counted_events.transaction_id is not null
        and transactions.event_id is null
        then 'repeated purchase'
      else counted_events.event_name
    end as what
  from counted_events
  left join transactions on transactions.event_id = counted_events.event_id
  where counted_events.visitor_id is not null or counted_events.session_id is not null
),

ordered as (
  select
    *,
    row_number() over (partition by visitor_id, session_id order by event_time, event_id) as place,
    lag(micros) over (partition by visitor_id, session_id order by event_time, event_id) as previous_micros
  from events
),

started as (
  select
    *,
    max(case when previous_micros is null or (session_id is null and micros - previous_micros > 1800000000) then micros end)
      over (partition by visitor_id, session_id order by event_time, event_id rows between unbounded preceding and current row)
      as start_micros
  from ordered
),

keyed as (
  select
    *,
    concat(
      coalesce(replace(replace(visitor_id, '%', '%25'), '/', '%2F'), ''),
      '/',
      coalesce(replace(replace(session_id, '%', '%25'), '/', '%2F'), concat('/', cast(start_micros as string)))
    ) as session_key,
    case when channel <> 'Direct' then place end as traffic_place
  from started
),

viewed as (
  select
    *,
    min(case when what = 'view_item' then micros end) over (partition by session_key) as viewed_micros
  from keyed
  where what in ('view_item', 'add_to_cart', 'begin_checkout', 'purchase')
),

carted as (
  select
    *,
    min(case when what = 'add_to_cart' and micros >= viewed_micros then micros end)
      over (partition by session_key) as carted_micros
  from viewed
),

checked_out as (
  select
    *,
    min(case when what = 'begin_checkout' and micros >= carted_micros then micros end)
      over (partition by session_key) as checked_out_micros
  from carted
),

funnels as (
  select
    session_key,
    max(
      case
        when what = 'purchase' and micros >= checked_out_micros then 4
        when what = 'begin_checkout' and micros >= carted_micros then 3
        when what = 'add_to_cart' and micros >= viewed_micros then 2
        when what = 'view_item' then 1
        else 0
      end
    ) as steps
  from checked_out
  group by session_key
),

totals as (
  select
    session_key,
    max(visitor_id) as visitor_id,
    max(session_id) as session_id,
    min(event_time) as started_at,
    max(event_time) as ended_at,
    max(micros) - min(micros) as duration_micros,
    count(*) as events,
    count(*) filter (where what = 'page_view') as page_views,
    min_by(page_path, case when page_path is not null then place end) as landing_page,
    min_by(traffic_source, traffic_place) as source,
    min_by(traffic_medium, traffic_place) as medium,
    min_by(coalesce(utm_campaign, ''), traffic_place) as campaign,
    min_by(channel, traffic_place) as channel,
    min_by(device_type, case when device_type is not null then place end) as device_type,
    count(*) filter (where what = 'view_item') as item_views,
    count(*) filter (where what = 'add_to_cart') as cart_additions,
    count(*) filter (where what = 'begin_checkout') as checkouts,
    count(*) filter (where what = 'purchase') as purchases,
    coalesce(sum(value) filter (where what = 'purchase'), 0) as revenue
  from keyed
  group by session_key
)

select
  totals.session_key,
  cast(from_utc_timestamp(started_at, $[time_zone]) as date) as event_date,
  visitor_id,
  session_id,
  started_at,
  ended_at,
  cast(duration_micros as decimal(18, 0)) * cast(0.000001 as decimal(7, 6)) as duration_seconds,
  events,
  page_views,
  landing_page,
  coalesce(source, '(direct)') as source,
  coalesce(medium, '(none)') as medium,
  nullif(campaign, '') as campaign,
  coalesce(channel, 'Direct') as channel,
  device_type,
  item_views,
  cart_additions,
  checkouts,
  case
    when purchases > 0 then 'purchase'
    when checkouts > 0 then 'begin_checkout'
    when cart_additions > 0 then 'add_to_cart'
    when item_views > 0 then 'view_item'
  end as furthest_step,
  coalesce(funnels.steps, 0) as funnel_steps,
  purchases,
  revenue,
  duration_micros > 10000000 or page_views >= 2 or purchases > 0 as is_engaged
from totals
left join funnels on funnels.session_key = totals.session_key
