-- Customers and their net revenue by recency and frequency, each 1 to 5.
-- customers: relation of customer_value; units: money in the shop's currency
select
  rfm_recency as recency,
  rfm_frequency as frequency,
  count(*) as customers,
  cast(sum(net_revenue) as varchar) as net_revenue
from $[customers]
group by 1, 2
order by 1, 2
