-- One row per change: the span of the sessions that it is in. A session that changed has both of its images among the changes.
-- inputs: counted_events_changed, counted_event_items_changed, transactions_changed, sessions_changed, sessions
with changed as (
  select visitor_id, session_id, event_time as low, event_time as high from counted_events_changed
  union
  select visitor_id, session_id, event_time as low, event_time as high from counted_event_items_changed
  union
  select visitor_id, session_id, event_time as low, event_time as high from transactions_changed
  union
  select visitor_id, session_id, started_at as low, ended_at as high from sessions_changed
)

select
  changed.visitor_id,
  changed.session_id,
  least(changed.low, min(sessions.started_at)) as low,
  greatest(changed.high, max(sessions.ended_at)) as high
from changed
left join sessions
  on sessions.visitor_id is not distinct from changed.visitor_id
  and sessions.session_id is not distinct from changed.session_id
  and sessions.started_at <= changed.high
  and sessions.ended_at >= changed.low
group by changed.visitor_id, changed.session_id, changed.low, changed.high
