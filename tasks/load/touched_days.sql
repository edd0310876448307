-- The span of times of the touched events, one row per day. A version of an event without a time of its own can be on the day before or after.
-- touched: relation (event_id, event_time, is_time_received)
select
  min(event_time) - case when bool_or(is_time_received) then interval 1 day else interval 0 day end as low,
  max(event_time) + case when bool_or(is_time_received) then interval 1 day else interval 0 day end as high
from $[touched]
group by cast(event_time as date)
