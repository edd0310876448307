-- One row per action: the one column that is set holds it as JSON.
-- actions: the known columns as JSON; parts: the relation of the checkpoint's files; any: one of them is set
select $[actions]
from $[parts]
where $[any]
