-- grain: one row: the events and visitors of the last minutes
-- inputs: live_events
-- parameters: now (UTC), minutes
with
  visits as (
    select
      visitor, count(*) as events,
      bool_or(step = 1) as viewed, bool_or(step = 2) as carted, bool_or(step = 3) as checked_out, bool_or(step = 4) as purchased
    from live_events
    where happened_at > cast($now as timestamp) - to_minutes(cast($minutes as bigint))
    group by visitor
  )
select
  coalesce(sum(events), 0) as events,
  count(visitor) as visitors,
  count(visitor) filter (viewed) as viewed,
  count(visitor) filter (carted) as carted,
  count(visitor) filter (checked_out) as checked_out,
  count(visitor) filter (purchased) as purchased
from visits
