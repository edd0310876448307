-- One row per accepted canonical row of a valid file.
-- names: column names, of `canonical`; canonical: relation written by canonical-rows.sql; sources: table of the valid files
select
  $[names],
  sources.key as _source_key,
  sources.uploaded_at as _source_modified_at,
  coalesce(canonical._source_line, canonical.file_row_number - sources.first_row + sources.first_line) as _source_line
from $[canonical] as canonical
join $[sources] as sources on sources.file = canonical._file
where canonical._accepted
