-- Replaces the rows of the events in `newest`, and empties what arrived.
-- parameters: horizon (UTC), in the statements that insert
delete from live_items where id in (select id from newest);
delete from live_events where id in (select id from newest);
insert into live_events
select id, received_at, happened_at, step, visitor, transaction, value, currency
from newest
where happened_at >= cast($horizon as timestamp);
insert into live_items
select id, happened_at, step, product_id, name, cast(quantity as bigint)
from newest join arrived_items using (number)
where step in (1, 2, 4) and product_id is not null and happened_at >= cast($horizon as timestamp);
delete from arrived_events;
delete from arrived_items
