-- The rows of events that the warehouse does not have yet. $1: JSON array of rows without what depends on the time zone
insert into staged_events
select given.* from json_populate_recordset(null::staged_events, $1::json) as given
where not exists (select 1 from fact_events where fact_events.event_id = given.event_id)
