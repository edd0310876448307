-- Each item, with the members of its dimensions that are valid at its time.
insert into fact_order_items (
  order_item_id, order_id, user_key, product_key, time_key, created_at, status, shipped_at, delivered_at, returned_at,
  quantity, sale_price, is_returned, is_counted
)
select
  staged_order_items.order_item_id,
  staged_order_items.order_id,
  coalesce(dim_user.user_key, -1),
  coalesce(dim_product.product_key, -1),
  to_char(staged_order_items.starts_at, 'YYYYMMDDHH24')::bigint,
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
  and dim_product.valid_from <= version_time(staged_order_items.created_at)
  and version_time(staged_order_items.created_at) < dim_product.valid_to
on conflict (order_item_id) do update set
  order_id = excluded.order_id,
  user_key = excluded.user_key,
  product_key = excluded.product_key,
  time_key = excluded.time_key,
  created_at = excluded.created_at,
  status = excluded.status,
  shipped_at = excluded.shipped_at,
  delivered_at = excluded.delivered_at,
  returned_at = excluded.returned_at,
  quantity = excluded.quantity,
  sale_price = excluded.sale_price,
  is_returned = excluded.is_returned,
  is_counted = excluded.is_counted
where fact_order_items is distinct from excluded
