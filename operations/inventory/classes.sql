-- Products, stock and what is wrong with it, by ABC class.
-- inventory: relation of inventory.sql; units: pieces
select
  abc_class,
  count(*) as products,
  cast(sum(greatest(on_hand, 0)) as varchar) as on_hand,
  count(*) filter (where is_stock_out) as stock_outs,
  count(*) filter (where not is_stock_out and days_of_cover <= 14) as running_out,
  count(*) filter (where is_overstock) as overstocked
from $[inventory]
group by 1
order by 1
