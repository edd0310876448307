-- grain: one row per minute of the last 60 with a purchase, and currency
-- inputs: live_sales
-- parameters: now (UTC)
select
  date_trunc('minute', happened_at) as minute, currency, count(*) as purchases, coalesce(sum(value), 0) as amount
from live_sales
where happened_at >= date_trunc('minute', cast($now as timestamp)) - interval 59 minute
group by minute, currency
order by minute, currency nulls last
