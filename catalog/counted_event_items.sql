-- One row per product in an event that marts include. Items above the event's item_count are of an earlier version of it.
-- rows: relation (event_id, item_index, product_id, list_name); counted_events: see its file
select
  counted_events.event_id,
  event_items.item_index,
  counted_events.event_name,
  counted_events.event_time,
  counted_events.visitor_id,
  counted_events.session_id,
  counted_events.transaction_id,
  event_items.product_id,
  event_items.list_name
from $[rows] as event_items
join counted_events on counted_events.event_id = event_items.event_id
where event_items.item_index < counted_events.item_count
