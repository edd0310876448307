-- grain: one row per event that arrived, of several versions the one received last
-- inputs: arrived_events
create or replace temp table versions as
select
  number,
  hash(event_id) as id,
  cast(received_at as timestamp) as received_at,
  -- An event cannot have happened after it was received, whatever the clock of its device says.
  least(cast(event_time as timestamp), cast(received_at as timestamp)) as happened_at,
  case event_name
    when 'view_item' then 1 when 'add_to_cart' then 2 when 'begin_checkout' then 3 when 'purchase' then 4 else 0
  end as step,
  if(visitor_id is null, null, hash(visitor_id)) as visitor,
  name,
  origin,
  if(transaction_id is null, null, hash(transaction_id)) as transaction,
  cast(value as decimal(18, 4)) as value,
  currency
from arrived_events
qualify row_number() over (partition by event_id order by received_at desc, number desc) = 1
