-- One row per typed row of a valid file.
-- columns: casts of the canonical strings c0, c1, ..., in the order of the contract's columns; table: those strings, the
-- number of the file, and the physical line; sources: table of the valid files
select
  $[columns],
  sources.key as _source_key,
  sources.uploaded_at as _source_modified_at,
  typed.line as _source_line
from $[table] as typed
join $[sources] as sources on sources.file = typed.file
