-- Each order, with the members of its dimensions.
insert into fact_orders (
  order_id, user_key, time_key, currency_key, order_date, created_at, status, shipped_at, delivered_at, returned_at,
  num_of_item, is_returned, is_counted
)
select
  staged_orders.order_id,
  coalesce(dim_user.user_key, -1),
  to_char(staged_orders.starts_at, 'YYYYMMDDHH24')::bigint,
  coalesce(dim_currency.currency_key, -1),
  staged_orders.order_date,
  staged_orders.created_at,
  staged_orders.status,
  staged_orders.shipped_at,
  staged_orders.delivered_at,
  staged_orders.returned_at,
  staged_orders.num_of_item,
  staged_orders.is_returned,
  staged_orders.is_counted
from staged_orders
left join dim_user on dim_user.user_id = staged_orders.user_id
left join dim_currency on dim_currency.currency_code = staged_orders.currency_code
on conflict (order_id) do update set
  user_key = excluded.user_key,
  time_key = excluded.time_key,
  currency_key = excluded.currency_key,
  order_date = excluded.order_date,
  created_at = excluded.created_at,
  status = excluded.status,
  shipped_at = excluded.shipped_at,
  delivered_at = excluded.delivered_at,
  returned_at = excluded.returned_at,
  num_of_item = excluded.num_of_item,
  is_returned = excluded.is_returned,
  is_counted = excluded.is_counted
where fact_orders is distinct from excluded
