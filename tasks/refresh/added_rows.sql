-- One row per key, with the values that the change leaves.
-- keys: relation of the key's columns; keys_of: those of k; values: expressions of s (stored), b (before) and a (after); stored, before,
-- after: relations with at most one row per key
select $[keys_of], $[values]
from $[keys] as k
left join $[stored] as s on $[same_stored]
left join $[before] as b on $[same_before]
left join $[after] as a on $[same_after]
