-- The rows of one partition after the merge: those of its rewritten files that are not touched, and those that are new.
-- columns: of a data file; files: relation of the rewritten files; touched, winners: relations; same_key: t and k;
-- partition: condition for a row of the winners to be of the partition
select $[columns]
from $[files] as t
anti join $[touched] as k on $[same_key]
union all
select $[columns]
from $[winners]
where $[partition]
