-- One row per event_date and channel with a session.
-- input: sessions
select
  event_date,
  channel,
  count(*) as sessions,
  count(*) filter (where funnel_steps >= 1) as viewed,
  count(*) filter (where funnel_steps >= 2) as carted,
  count(*) filter (where funnel_steps >= 3) as checked_out,
  count(*) filter (where funnel_steps >= 4) as purchased,
  count(*) filter (where item_views > 0) as viewed_any,
  count(*) filter (where cart_additions > 0) as carted_any,
  count(*) filter (where checkouts > 0) as checked_out_any,
  count(*) filter (where purchases > 0) as purchased_any
from sessions
group by event_date, channel
