-- One row: the visitor and session of a mart's row, and the span of time from its start to just before the next start.
-- columns: those of the session, of s; stored: relation with the row; sessions: relation of all sessions; same: the condition that o is of
-- the session of s; start: the column of the start
select
  $[columns],
  s.$[start] as low,
  coalesce(min(o.$[start]) - interval 1 microsecond, timestamptz '9999-12-31 00:00:00+00') as high
from $[stored] as s
left join $[sessions] as o on $[same] and o.$[start] > s.$[start]
group by all
