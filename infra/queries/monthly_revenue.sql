-- How does one month compare with the others?
-- inputs: order_kpis; units: money in the shop's currency
select
  month,
  cast(sum(total_orders) as bigint) as orders,
  sum(total_revenue) as revenue,
  cast(sum(total_revenue) as double) / cast(sum(total_orders) as double) as revenue_per_order
from order_kpis
group by month
order by month
