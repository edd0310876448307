-- Each staged item that a person opened.
-- kept: condition of the staged rows that are in the table
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
