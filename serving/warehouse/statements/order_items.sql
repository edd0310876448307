-- Each item, with the members of its dimensions that are valid at its time.
-- valid_at: the time, within the intervals of products
select
  staged_order_items.order_item_id,
  staged_order_items.order_id,
  coalesce(dim_user.user_key, -1) as user_key,
  coalesce(dim_product.product_key, -1) as product_key,
  to_char(staged_order_items.starts_at, 'YYYYMMDDHH24')::bigint as time_key,
  staged_order_items.created_at,
  staged_order_items.status,
  staged_order_items.shipped_at,
  staged_order_items.delivered_at,
  staged_order_items.returned_at,
  staged_order_items.quantity,
  staged_order_items.sale_price,
  staged_order_items.is_returned,
  staged_order_items.is_counted
from staged_order_items
left join dim_user on dim_user.user_id = staged_order_items.user_id
left join dim_product
  on dim_product.product_id = staged_order_items.product_id
  and dim_product.valid_from <= $[valid_at]
  and $[valid_at] < dim_product.valid_to
