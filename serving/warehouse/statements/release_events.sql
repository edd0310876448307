-- The members that touched events have until now.
insert into released_members (user_key, product_key, time_key, currency_key)
select user_key, product_key, time_key, currency_key
from fact_events
join touched_events on touched_events.event_id = fact_events.event_id
