-- grain: one row per window
-- inputs: live_events
-- parameters: now (UTC)
with windows as (select unnest([5, 60, 1440]) as minutes)
select
  minutes,
  count(id) as events,
  count(distinct visitor) as visitors,
  count(distinct visitor) filter (step = 1) as viewed,
  count(distinct visitor) filter (step = 2) as carted,
  count(distinct visitor) filter (step = 3) as checked_out,
  count(distinct visitor) filter (step = 4) as purchased
from windows
left join live_events on happened_at > cast($now as timestamp) - to_minutes(minutes)
group by minutes
order by minutes
