-- One row per order.
-- rows: one row per order
select
  "Order ID" as order_id,
  coalesce("Buyer User ID", "Buyer") as user_id,
  "Status" as status,
  "Sale Date" as created_at,
  "Date Shipped" as shipped_at,
  "Number of Items" as num_of_item,
  _line
from rows
