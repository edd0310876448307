-- The stock of each counted product, with its name.
-- inventory_status with its view; names: relation; units: pieces, days
select
  cast(inventory_status.product_id as varchar) as product_id,
  names.name,
  names.category,
  inventory_status.abc_class,
  inventory_status.on_hand,
  inventory_status.units_per_day,
  inventory_status.days_of_cover,
  inventory_status.is_stock_out,
  inventory_status.is_overstock,
  inventory_status.counted_at
from inventory_status
left join $[names] as names on names.product_id = cast(inventory_status.product_id as varchar)
