-- One row per row that differs, with the side it is on.
-- changed: name of the temporary table; columns: those compared; before, after: relations of the files' rows
create temp table $[changed] as
with before as (
  select $[columns] from $[before]
),
after as (
  select $[columns] from $[after]
),
gone as (
  select * from before except all select * from after
),
come as (
  select * from after except all select * from before
)
select 'before' as _change, * from gone
union all
select 'after' as _change, * from come
