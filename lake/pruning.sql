-- One row per file whose range of one key column contains one of the keys, or is not known.
-- keys: relation with the key column; column: its name; type: its DuckDB type;
-- $files: ordinals and stats as JSON; $min, $max: JSON paths of the column's bounds
with files as (
  select unnest(from_json($files, '[{"file":"INTEGER","stats":"VARCHAR"}]'), max_depth := 2)
),
ranges as (
  select
    file,
    try_cast(case when json_valid(stats) then json_extract_string(stats, $min) end as $[type]) as low,
    try_cast(case when json_valid(stats) then json_extract_string(stats, $max) end as $[type]) as high
  from files
),
wanted as (
  select $[column] as key from $[keys]
),
bounded as (
  -- The smallest key at or above a file's lower bound: if it is above the upper bound, no key is within the range.
  select ranges.file
  from (select * from ranges where low is not null and high is not null) as ranges
  asof join wanted on ranges.low <= wanted.key
  where wanted.key <= ranges.high
)
select file from bounded
union all
select file from ranges where low is null or high is null
