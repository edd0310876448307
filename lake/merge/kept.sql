-- One row per row that rewritten files of one partition keep: those whose keys are not touched.
-- columns: of a data file; files: relation of the rewritten files; touched: relation; same_key: t and k
select $[columns]
from $[files] as t
anti join $[touched] as k on $[same_key]
