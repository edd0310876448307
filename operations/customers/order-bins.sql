-- How many customers have one order, two, and so on; the last bin has all with more.
-- customers: relation of customer_value; $bins: number of bins
select
  cast(least(orders, $bins) as integer) as bin,
  count(*) as customers
from $[customers]
group by 1
order by 1
