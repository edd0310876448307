-- One row per row of the files that a merge takes out of them, as it was.
-- columns: those of the rows, with their relation t; rows: relation of the files' rows that are not deleted; touched: relation of the keys;
-- same_key: t and k
select $[columns]
from $[rows] as t
semi join $[touched] as k on $[same_key]
