-- One row per product: the pieces of it that are in stock after its last movement.
-- rows: one row per piece that was ever in stock; a product's pieces are all in one file
select
  "product_id" as product_id,
  count(*) - count(parse_timestamp("sold_at")) as on_hand,
  max(greatest(parse_timestamp("created_at"), coalesce(parse_timestamp("sold_at"), parse_timestamp("created_at")))) as counted_at,
  min(_line) as _line
from rows
group by "product_id"
