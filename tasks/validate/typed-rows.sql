-- Creates a view of typed rows: a column for each cell, null for none, the number of the file, the physical line, whether the row
-- deletes its key, and what is kept besides.
-- view: its name; joined: table of rows whose cells are joined by a separator, empty for none; as_json: of those in which that could
-- be mistaken, as JSON; separator: string literal; joined_columns, json_columns: the columns, of the list `cells`
create or replace temp view $[view] as
select $[joined_columns], file, line, deleted, extra
from (select string_split(cells, $[separator]) as cells, file, line, deleted, extra from $[joined])
union all
select $[json_columns], file, line, deleted, extra
from (select from_json(cells, '["VARCHAR"]') as cells, file, line, deleted, extra from $[as_json])
