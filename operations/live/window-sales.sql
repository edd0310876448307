-- grain: one row per window and currency
-- inputs: live_sales
-- parameters: now (UTC)
with windows as (select unnest([5, 60, 1440]) as minutes)
select minutes, currency, count(*) as purchases, coalesce(sum(value), 0) as amount
from windows
join live_sales on happened_at > cast($now as timestamp) - to_minutes(minutes)
group by minutes, currency
order by minutes, currency nulls last
