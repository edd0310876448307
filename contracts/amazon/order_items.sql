-- One row per item of an order.
-- rows: one row per item of an order
-- units: sale_price of all pieces, with the code of its currency
select
  -- The report has no id of an item: it is the first, second, ... of its SKU in the order.
  "amazon-order-id" || '/' || "sku" || '/' || row_number() over (partition by "amazon-order-id", "sku" order by _line) as id,
  "amazon-order-id" as order_id,
  "sku" as product_id,
  coalesce("item-status", "order-status") as status,
  "purchase-date" as created_at,
  coalesce("currency" || ' ', '') || cast(parse_money("item-price") as varchar) as sale_price,
  parse_int64("quantity") as quantity,
  _line
from rows
