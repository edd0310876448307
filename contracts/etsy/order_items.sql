-- One row per listing of an order.
-- rows: one row per listing of an order
-- units: sale_price of all pieces, before discounts, with the code of its currency
select
  "Transaction ID" as id,
  "Order ID" as order_id,
  coalesce(nullif(trim("SKU"), ''), "Listing ID") as product_id,
  "Sale Date" as created_at,
  "Date Shipped" as shipped_at,
  coalesce("Currency" || ' ', '') || cast(parse_money("Price") * parse_int64("Quantity") as decimal(18, 4)) as sale_price,
  parse_int64("Quantity") as quantity,
  _line
from rows
