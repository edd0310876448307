-- One row per event and item in it, and one for an event without items. Items above the event's item_count are of an earlier version of it.
-- events, event_items: relations of the columns below; time_zone: string literal
select
  events.event_id,
  coalesce(event_items.item_index, -1) as item_index,
  events.user_id,
  event_items.product_id,
  greatest(date_trunc('hour', from_utc_timestamp(events.event_time, $[time_zone])), timestamp '0001-01-01') as starts_at,
  events.currency as currency_code,
  events.event_name,
  greatest(cast(from_utc_timestamp(events.event_time, $[time_zone]) as date), date '0001-01-01') as event_date,
  events.event_time,
  events.received_at,
  row_number() over (partition by events.event_id order by event_items.item_index) = 1 as is_first,
  events.is_bot,
  events.visitor_id,
  events.session_id,
  events.page_path,
  events.traffic_source,
  events.traffic_medium,
  events.utm_campaign as campaign,
  events.channel,
  events.device_type,
  events.country,
  events.transaction_id,
  events.value,
  event_items.list_name,
  event_items.position,
  event_items.price,
  event_items.quantity
from $[events] as events
left join $[event_items] as event_items
  on event_items.event_id = events.event_id and event_items.item_index between 0 and events.item_count - 1
