-- What is running out?
-- inputs: inventory_status_view; units: pieces, days; what sells, and lasts less than two weeks
select
  product_id,
  on_hand,
  units_per_day,
  days_of_cover,
  abc_class
from inventory_status_view
where days_of_cover < 14
order by days_of_cover, product_id
