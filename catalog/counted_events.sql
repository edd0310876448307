-- One row per event of a person: those of programs are left out.
-- rows: relation of the columns below, and is_bot
select
  event_id,
  event_name,
  event_time,
  visitor_id,
  session_id,
  page_path,
  traffic_source,
  traffic_medium,
  utm_campaign,
  channel,
  device_type,
  transaction_id,
  value,
  item_count
from $[rows]
where not is_bot
