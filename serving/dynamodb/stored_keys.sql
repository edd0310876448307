-- Inserts one row per item of a page; a cell that is not a valid value of the column's type is null.
-- keys: table of key columns; cells: those columns, cast from text; $page: keys of items as JSON; structure: that JSON's
-- structure, as a literal
insert into $[keys] by name
select $[cells]
from (select unnest(from_json($page, $[structure]), max_depth := 2))
