-- One row per column chunk of the columns of a Parquet file: its byte range, the end exclusive.
-- $file: local path; $columns: names as a JSON list
select
  case
    when dictionary_page_offset > 0 then least(dictionary_page_offset, data_page_offset)
    else data_page_offset
  end as "start",
  "start" + total_compressed_size as "end"
from parquet_metadata($file)
where path_in_schema in (select unnest(from_json($columns, '["VARCHAR"]')))
