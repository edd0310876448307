-- Events, and items of events, that are no rows of the table any more.
-- fact: table; kept: condition of the staged rows that are in it
delete from $[fact] using touched_events
where $[fact].event_id = touched_events.event_id
  and not exists (
    select 1 from staged_events
    where staged_events.event_id = $[fact].event_id and staged_events.item_index = $[fact].item_index and $[kept]
  )
