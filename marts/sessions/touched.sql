-- One row per change: the span of the sessions that the changed events are in, or can join or split. Sessions that are cut by
-- inactivity are among them if they are at most 30 minutes away.
-- inputs: counted_events_changed, transactions_changed; sessions: the mart as it is stored
with changed as (
  select visitor_id, session_id, event_time from counted_events_changed
  union
  select visitor_id, session_id, event_time from transactions_changed
)

select
  changed.visitor_id,
  changed.session_id,
  least(changed.event_time, min(sessions.started_at)) as low,
  greatest(changed.event_time, max(sessions.ended_at)) as high
from changed
left join sessions
  on sessions.visitor_id is not distinct from changed.visitor_id
  and sessions.session_id is not distinct from changed.session_id
  and (
    changed.session_id is not null
    or changed.event_time between sessions.started_at - interval 30 minutes and sessions.ended_at + interval 30 minutes
  )
group by changed.visitor_id, changed.session_id, changed.event_time
