-- How many customers have a net revenue in each bin of one width; the first bin is below 0, the last one has all above it.
-- customers: relation of customer_value; $width: money; $bins: number of bins from 0
select
  cast(greatest(-1, least($bins, floor(net_revenue / cast($width as decimal(38, 2))))) as integer) as bin,
  count(*) as customers
from $[customers]
group by 1
order by 1
