-- Which categories bring the most revenue?
-- inputs: category_kpis; units: money in the shop's currency
select
  category,
  sum(daily_revenue) as revenue,
  cast(sum(items) as bigint) as items,
  cast(sum(returned_items) as bigint) as returned_items
from category_kpis
group by category
order by revenue desc, category
limit 20
