-- The rows of an input before its changes.
-- after: relation of the rows as they are; changed: those that changed, with _change; columns: of both; same_key: r and c;
-- belonging: a join that selects the changed rows, r, that belong to what is recomputed
select $[columns]
from $[after] as r
anti join (select * from $[changed] where _change = 'after') as c on $[same_key]
union all
select $[columns]
from (select * from $[changed] where _change = 'before') as r
$[belonging]
