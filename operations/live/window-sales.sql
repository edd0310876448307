-- grain: one row per currency of the purchases of the last minutes
-- inputs: live_sales
-- parameters: now (UTC), minutes
select currency, count(*) as purchases, coalesce(sum(value), 0) as amount
from live_sales
where happened_at > cast($now as timestamp) - to_minutes(cast($minutes as bigint))
group by currency
order by currency nulls last
