-- Each order, with the members of its dimensions.
select
  staged_orders.order_id,
  coalesce(dim_user.user_key, -1) as user_key,
  to_char(staged_orders.starts_at, 'YYYYMMDDHH24')::bigint as time_key,
  coalesce(dim_currency.currency_key, -1) as currency_key,
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
