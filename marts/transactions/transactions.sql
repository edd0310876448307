-- One row per transaction id, with its earliest purchase.
-- input: purchases
with numbered as (
  select
    *,
    row_number() over (partition by transaction_id order by event_time, event_id) as place
  from purchases
)

select
  transaction_id,
  event_id,
  event_time,
  visitor_id,
  session_id
from numbered
where place = 1
