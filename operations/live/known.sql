-- grain: one row per event that arrived and is already in live_events
-- inputs: versions, live_events
create or replace temp table known as
select id, received_at
from live_events
where id in (select id from versions)
