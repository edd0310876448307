-- The condition of a session that it is of a visitor, or has an event of a signed-in user. $person: the id
(
  visitor_id = $person
  or exists (
    select 1
    from events
    where events.user_id = $person
      and not events.is_bot
      and events.visitor_id is not distinct from sessions.visitor_id
      and events.session_id is not distinct from sessions.session_id
      and events.event_time between sessions.started_at and sessions.ended_at
  )
)
