-- One row per order.
-- rows: one row per item of an order
select
  "amazon-order-id" as order_id,
  arg_min("order-status", _line) as status,
  arg_min("purchase-date", _line) as created_at,
  cast(sum(greatest(parse_int64("quantity"), 0)) as bigint) as num_of_item,
  min(_line) as _line
from rows
group by "amazon-order-id"
