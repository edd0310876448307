-- One row per order.
-- rows: one row per product of an order, with the order's own columns on every row
with orders as (
  select
    "Order Number" as order_id,
    arg_min("Email (Billing)", _line) as user_id,
    arg_min("Order Status", _line) as status,
    arg_min("Order Date", _line) as created_at,
    cast(sum(greatest(parse_int64("Quantity (- Refund)"), 0)) as bigint) as num_of_item,
    min(_line) as _line
  from rows
  -- Nothing was bought: the payment failed, or there was no checkout.
  where coalesce(lower(trim("Order Status")) not in ('failed', 'draft', 'checkout-draft', 'trash'), true)
  group by "Order Number"
)

select
  order_id,
  user_id,
  case when lower(trim(status)) = 'refunded' then 'Returned' else status end as status,
  created_at,
  num_of_item,
  _line
from orders
