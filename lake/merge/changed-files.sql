-- One row per file that has a row which differs from the batch's row of its key.
-- rows: relation of the files' rows, deleted ones too; file: its column with the file; batch: relation; same_key: t and b; differs:
-- condition that a value of the rows differs
select distinct t.$[file] as file
from $[rows] as t
join $[batch] as b on $[same_key]
where $[differs]
