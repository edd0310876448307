-- One row per file in which the batch's row wins against every row that it meets, if the batch's rows are all from one upload: the file,
-- those rows, and what their origins have in common, as text.
-- hits: the table of hits.sql; values: what they have in common; is_one: condition that it is the same in all rows
select _lake_file as file, count(*) as rows, $[values]
from $[hits]
group by _lake_file
having bool_and(_lake_wins) and $[is_one]
