-- One row per row of the table with a key of the batch or of the deletes: its file, its key, whether the batch replaces or
-- deletes it, whether it is not deleted yet, and from where the batch's row comes.
-- hits: name of the temporary table; rows: relation of the table's rows, deleted ones too; batch, deletes: relations with
-- the key columns; live: condition that a row is not deleted yet; origin, no_origin: columns of the batch, and nulls, after a comma;
-- key: the key's columns of the table; same_batch_key, same_delete_key: join conditions; wins: condition that the batch's row replaces it
create temp table $[hits] as
select t._lake_file, $[key], $[wins] as _lake_wins, $[live] as _lake_live$[origin]
from $[rows] as t
join $[batch] as b on $[same_batch_key]
union all
select t._lake_file, $[key], true as _lake_wins, $[live] as _lake_live$[no_origin]
from $[rows] as t
join $[deletes] as d on $[same_delete_key]
