-- One row per order.
-- rows: one row per line item, with the order's own columns on every row
with copies as (
  -- Only the first line of an order has a total. An order that is in the file twice is as it is there the last time.
  select *, count("Total") over (partition by "Name" order by _line rows unbounded preceding) as copy
  from rows
),

lines as (
  select *
  from copies
  -- Orders paid with the test gateway are no sales.
  where coalesce("Payment Method" not ilike '%bogus%', true)
  qualify copy = max(copy) over (partition by "Name")
),

orders as (
  select
    "Name" as order_id,
    arg_min("Email", _line) as user_id,
    arg_min("Financial Status", _line) as financial_status,
    arg_min("Cancelled at", _line) as cancelled_at,
    arg_min("Created at", _line) as created_at,
    arg_min("Fulfilled at", _line) as shipped_at,
    cast(sum(greatest(parse_int64("Lineitem quantity"), 0)) as bigint) as num_of_item,
    min(_line) as _line
  from lines
  group by "Name"
)

select
  order_id,
  user_id,
  case
    when cancelled_at is not null then 'Cancelled'
    when lower(trim(financial_status)) = 'refunded' then 'Returned'
    else financial_status
  end as status,
  created_at,
  shipped_at,
  num_of_item,
  _line
from orders
