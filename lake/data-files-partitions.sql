-- One row per local data file, with its partition values in the table's types.
-- partitions: name of the temporary table; columns: the values, cast; file: the column of the local path;
-- structure: shape of the JSON; $files: the files and their values as JSON
create temp table $[partitions] as
select $[file], $[columns]
from (select unnest(from_json($files, $[structure]), max_depth := 2))
