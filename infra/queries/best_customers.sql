-- Who are the best customers?
-- inputs: customer_value_view; units: money in the shop's currency
select
  rank,
  user_id,
  orders,
  net_revenue,
  avg_order_value,
  last_order_date
from customer_value_view
where is_top_decile
order by rank
limit 100
