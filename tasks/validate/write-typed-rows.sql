-- One row per row of valid files that the rules found good.
-- columns: canonical texts c0, c1, ... cast, in the order of the kind's columns; table: those texts, the number of the
-- file, and the physical line; sources: the valid files
select
  $[columns],
  sources.key as _source_key,
  sources.uploaded_at as _source_modified_at,
  typed.line as _source_line
from $[table] as typed
join $[sources] as sources on sources.file = typed.file
