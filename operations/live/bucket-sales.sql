-- grain: one row per bucket of time with a purchase, and currency
-- inputs: live_sales
-- parameters: from (UTC, the start of the first bucket), seconds (length of a bucket)
select
  time_bucket(to_seconds($seconds), happened_at) as start, currency, count(*) as purchases, coalesce(sum(value), 0) as amount
from live_sales
where happened_at >= cast($from as timestamp)
group by start, currency
order by start, currency nulls last
