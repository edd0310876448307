-- One row per line of an order, as the warehouse has it.
-- rows: relation of the columns below; time_zone, blanks: string literals
select
  cast(id as varchar) as order_item_id,
  cast(order_id as varchar) as order_id,
  cast(user_id as varchar) as user_id,
  cast(product_id as varchar) as product_id,
  greatest(date_trunc('hour', from_utc_timestamp(created_at, $[time_zone])), timestamp '0001-01-01') as starts_at,
  created_at,
  cast(status as varchar) as status,
  try_cast(shipped_at as timestamptz) as shipped_at,
  try_cast(delivered_at as timestamptz) as delivered_at,
  try_cast(returned_at as timestamptz) as returned_at,
  coalesce(quantity, 1) as quantity,
  sale_price,
  coalesce(lower(trim(both $[blanks] from status)) = 'returned', false) as is_returned,
  coalesce(product_id is not null and sale_price > 0 and coalesce(quantity, 1) > 0, false) as is_counted
from $[rows] as order_items
