-- One row per purchase event with a transaction id.
-- input: counted_events
select
  event_id,
  cast(from_utc_timestamp(event_time, $[time_zone]) as date) as event_date,
  event_time,
  transaction_id,
  visitor_id,
  session_id
from counted_events
where event_name = 'purchase' and transaction_id is not null
