-- One row per piece of an order.
-- rows: one row per piece of an order
-- units: sale_price without freight
select
  "order_id" || '/' || parse_int64("order_item_id") as id,
  "order_id" as order_id,
  "product_id" as product_id,
  "shipping_limit_date" as shipping_limit_date,
  "price" as sale_price,
  _line
from rows
