-- grain: one row per origin of the visitors of the last minutes, at most ten, by visitors. A visitor came from the first origin that is
-- not direct; null if all events are direct.
-- inputs: live_events, live_sales
-- parameters: now (UTC), minutes
with
  visitors as (
    select visitor, arg_min(origin, happened_at) as origin
    from live_events
    where happened_at > cast($now as timestamp) - to_minutes(cast($minutes as bigint)) and visitor is not null
    group by visitor
  ),
  sales as (
    select if(live_sales.visitor is null, live_sales.origin, visitors.origin) as origin, count(*) as purchases
    from live_sales left join visitors using (visitor)
    where happened_at > cast($now as timestamp) - to_minutes(cast($minutes as bigint))
    group by 1
  ),
  visited as (select origin, count(*) as visitors from visitors group by origin)
select
  coalesce(visited.origin, sales.origin) as origin,
  coalesce(visitors, 0) as visitors,
  coalesce(purchases, 0) as purchases
from visited full join sales on visited.origin is not distinct from sales.origin
order by visitors desc, purchases desc, origin nulls last
limit 10
