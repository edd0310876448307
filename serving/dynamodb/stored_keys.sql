-- Takes in one row per item of a page; null where a cell is no value of the column's type.
-- keys: table of key columns; cells: those columns, cast from text; $page: keys of items as JSON; structure: literal of
-- that JSON's structure
insert into $[keys] by name
select $[cells]
from (select unnest(from_json($page, $[structure]), max_depth := 2))
