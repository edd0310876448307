-- One row per line item.
-- rows: one row per line item, with the order's own columns on every row
-- units: sale_price of all pieces, before discounts, with the code of its currency
with copies as (
  -- Only the first line of an order has a total. An order that is in the file twice is as it is there the last time.
  select *, count("Total") over (partition by "Name" order by _line rows unbounded preceding) as copy
  from rows
),

lines as (
  select *, coalesce(nullif(trim("Lineitem sku"), ''), "Lineitem name") as product
  from copies
  -- Orders paid with the test gateway are no sales.
  where coalesce("Payment Method" not ilike '%bogus%', true)
  qualify copy = max(copy) over (partition by "Name")
)

select
  -- The export has no id of a line: it is the first, second, ... of its product in the order.
  "Name" || '/' || product || '/' || row_number() over (partition by "Name", product order by _line) as id,
  "Name" as order_id,
  "Email" as user_id,
  product as product_id,
  case when lower(trim("Financial Status")) = 'refunded' and "Cancelled at" is null then 'Returned' else "Financial Status" end as status,
  "Created at" as created_at,
  "Fulfilled at" as shipped_at,
  coalesce("Currency" || ' ', '') || cast(parse_money("Lineitem price") * parse_int64("Lineitem quantity") as decimal(18, 4)) as sale_price,
  parse_int64("Lineitem quantity") as quantity,
  case when "Lineitem name" ilike 'gift card%' then 'gift card' else 'product' end as item_type,
  _line
from lines
