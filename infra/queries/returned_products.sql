-- Which products come back most often?
-- inputs: product_sales; units: pieces, share of 0 to 1
select
  product_id,
  cast(sum(units) as bigint) as units,
  cast(sum(returned_units) as bigint) as returned_units,
  cast(sum(returned_units) as double) / cast(sum(units) as double) as returned_share
from product_sales
group by product_id
having sum(returned_units) > 0
order by returned_share desc, product_id
limit 50
