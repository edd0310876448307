-- All customers in one row.
-- customers: relation of customer_value; units: money in the shop's currency
select
  count(*) as customers,
  count(*) filter (where orders > 1) as repeat_customers,
  cast(coalesce(sum(orders), 0) as varchar) as orders,
  cast(coalesce(sum(net_revenue), 0) as varchar) as net_revenue,
  count(*) filter (where is_top_decile) as top_customers,
  cast(coalesce(sum(net_revenue) filter (where is_top_decile), 0) as varchar) as top_revenue,
  cast(quantile_disc(net_revenue, 0.5) as varchar) as median_revenue,
  cast(quantile_disc(net_revenue, 0.98) as varchar) as high_revenue
from $[customers]
