-- The members that touched orders have until now.
insert into released_members (user_key, time_key, currency_key)
select user_key, time_key, currency_key
from fact_orders
join touched_orders on touched_orders.order_id = fact_orders.order_id
