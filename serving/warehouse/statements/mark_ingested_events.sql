insert into ingested_events (event_id)
select distinct event_id from staged_events order by event_id
on conflict (event_id) do nothing
