-- The events of which the stored version came from a file: one row per file and whether they are of bots.
-- Parameters: events (the staging table of events), since (the first instant of the window, UTC).
-- An entry point stamps an event before its file is written, so the window starts a day earlier here.
select _source_key, is_bot, count(*) as events
from $[events]
where _source_modified_at >= timestamptz '$[since]' - interval 1 day
group by all
