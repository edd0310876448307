-- One row per product that was counted, with its latest count.
-- input: inventory; units: pieces
select
  product_id,
  on_hand,
  counted_at
from inventory
