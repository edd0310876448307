-- How much do we sell, day by day?
-- inputs: order_kpis; units: money in the shop's currency, percent
select
  order_date,
  total_orders,
  total_revenue,
  total_items_sold,
  unique_customers,
  return_rate
from order_kpis
order by order_date desc
limit 30
