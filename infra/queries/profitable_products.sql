-- Which products earn money?
-- inputs: product_sales; units: money in the shop's currency; products without a known cost come last
select
  product_id,
  cast(sum(units) as bigint) as units,
  sum(revenue) as revenue,
  sum(cost) as cost,
  sum(margin) as margin
from product_sales
group by product_id
order by margin desc nulls last, product_id
limit 50
