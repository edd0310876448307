-- grain: one row per bucket of time with an event, and name
-- inputs: live_events
-- parameters: from (UTC, the start of the first bucket), seconds (length of a bucket)
select time_bucket(to_seconds($seconds), happened_at) as start, name, count(*) as events
from live_events
where happened_at >= cast($from as timestamp)
group by start, name
