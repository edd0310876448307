-- One row per file whose range of one column overlaps one of the ranges, or is not known.
-- ranges: relation with low and high, inclusive; type: the column's DuckDB type;
-- $files: ordinals and stats as JSON; $min, $max: JSON paths of the column's bounds
with files as (
  select unnest(from_json($files, '[{"file":"INTEGER","stats":"VARCHAR"}]'), max_depth := 2)
),
bounds as (
  select
    file,
    try_cast(case when json_valid(stats) then json_extract_string(stats, $min) end as $[type]) as low,
    try_cast(case when json_valid(stats) then json_extract_string(stats, $max) end as $[type]) as high
  from files
)
select bounds.file
from bounds
semi join $[ranges] as wanted on bounds.low <= wanted.high and wanted.low <= bounds.high
union all
select file from bounds where low is null or high is null
