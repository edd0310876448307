-- Each staged item that a person opened.
insert into fact_clicks (
  event_id, item_index, user_key, product_key, time_key, event_name, event_date, event_time, visitor_id, session_id,
  list_name, position, price
)
select
  fact_events.event_id,
  fact_events.item_index,
  fact_events.user_key,
  fact_events.product_key,
  fact_events.time_key,
  fact_events.event_name,
  fact_events.event_date,
  fact_events.event_time,
  fact_events.visitor_id,
  fact_events.session_id,
  fact_events.list_name,
  fact_events.position,
  fact_events.price
from staged_events
join fact_events on fact_events.event_id = staged_events.event_id and fact_events.item_index = staged_events.item_index
where $[kept]
order by staged_events.event_id, staged_events.item_index
on conflict (event_id, item_index) do update set
  user_key = excluded.user_key,
  product_key = excluded.product_key,
  time_key = excluded.time_key,
  event_name = excluded.event_name,
  event_date = excluded.event_date,
  event_time = excluded.event_time,
  visitor_id = excluded.visitor_id,
  session_id = excluded.session_id,
  list_name = excluded.list_name,
  position = excluded.position,
  price = excluded.price
where fact_clicks is distinct from excluded
