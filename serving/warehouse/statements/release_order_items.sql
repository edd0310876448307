-- The members that touched items have until now.
insert into released_members (user_key, product_key, time_key)
select user_key, product_key, time_key
from fact_order_items
join touched_order_items on touched_order_items.order_item_id = fact_order_items.order_item_id
