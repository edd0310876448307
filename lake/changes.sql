-- One row per row that differs, with whether it is the row before or after.
-- changed: name of the temporary table; columns: those to compare; before, after: relations of the files' rows
create temp table $[changed] as
with before as (
  select $[columns] from $[before]
),
after as (
  select $[columns] from $[after]
),
removed as (
  select * from before except all select * from after
),
added as (
  select * from after except all select * from before
)
select 'before' as _change, * from removed
union all
select 'after' as _change, * from added
