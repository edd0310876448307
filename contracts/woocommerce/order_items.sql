-- One row per product of an order.
-- rows: one row per product of an order, with the order's own columns on every row
-- units: sale_price of all pieces that were not refunded, after discounts, without tax, with the code of its currency
with lines as (
  select *, coalesce(nullif(trim("SKU"), ''), "Item Name") as product
  from rows
  -- Nothing was bought: the payment failed, or there was no checkout.
  where coalesce(lower(trim("Order Status")) not in ('failed', 'draft', 'checkout-draft', 'trash'), true)
)

select
  -- The export need not have an id of a line: it is the first, second, ... of its product in the order.
  "Order Number" || '/' || product || '/' || row_number() over (partition by "Order Number", product order by _line) as id,
  "Order Number" as order_id,
  "Email (Billing)" as user_id,
  product as product_id,
  case when lower(trim("Order Status")) = 'refunded' then 'Returned' else "Order Status" end as status,
  "Order Date" as created_at,
  coalesce("Currency" || ' ', '') || cast(parse_money("Item Cost") * parse_int64("Quantity (- Refund)") as decimal(18, 4)) as sale_price,
  parse_int64("Quantity (- Refund)") as quantity,
  _line
from lines
