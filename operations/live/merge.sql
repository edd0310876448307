-- Adds the rows of the events in `newest` and the events of programs that are not known, and empties what arrived.
-- parameters: horizon (UTC), in the statements that mention it
insert into live_events
select id, received_at, happened_at, step, visitor, name, origin
from newest
where happened_at >= cast($horizon as timestamp);
insert into live_purchases
select id, happened_at, visitor, origin, transaction, value, currency
from newest
where step = 4 and happened_at >= cast($horizon as timestamp);
insert into live_items
select id, happened_at, step, hash(product_id), cast(quantity as bigint)
from newest join arrived_items using (number)
where step in (1, 2, 4) and product_id is not null and happened_at >= cast($horizon as timestamp);
create or replace temp table named as
with
  arrived as (
    select hash(product_id) as product, product_id, arrived_items.name, happened_at as named_at
    from newest join arrived_items using (number)
    where step in (1, 2, 4) and product_id is not null
  ),
  before as (select * from live_products where product in (select product from arrived))
select product, any_value(product_id) as product_id, arg_max(name, named_at) as name, max(named_at) as named_at
from (from arrived union all from before)
group by product;
delete from live_products where product in (select product from named);
insert into live_products from named;
insert into live_bots
select hash(event_id), min(least(cast(event_time as timestamp), cast(received_at as timestamp))) as happened_at
from arrived_bots
where hash(event_id) not in (select id from live_bots where id in (select hash(event_id) from arrived_bots))
group by event_id
having happened_at >= cast($horizon as timestamp);
delete from arrived_events;
delete from arrived_items;
delete from arrived_bots
