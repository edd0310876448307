-- What became of the lines of each file that were not rejected: one row per file. A line is that of a stored event, or a duplicate
-- of one, or missing.
-- Inputs: received (key, line, event_id), events (staging: event_id, is_bot, _source_key, _source_line).
with lines as (
  select
    r.key,
    e.event_id is null as is_missing,
    coalesce(e._source_key = r.key and e._source_line = r.line, false) as is_stored,
    e.is_bot
  from $[received] as r
  left join $[events] as e on e.event_id = r.event_id
)
select
  key,
  count(*) as good,
  count(*) filter (where is_missing) as missing,
  count(*) filter (where is_stored and not is_bot) as stored,
  count(*) filter (where is_stored and is_bot) as bots
from lines
group by key
