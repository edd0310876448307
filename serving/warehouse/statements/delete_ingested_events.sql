-- The load has compared them with the lake.
delete from ingested_events using touched_events where ingested_events.event_id = touched_events.event_id
