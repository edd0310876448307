-- A fault for every row that is not bad but belongs to a group with a bad row.
-- faults: table (line, column, rule, reason); groups: table (line, member); column: literal, what member is called
insert into $[faults] (line, "column", rule, reason)
with bad_groups as (
  select member, min(line) as first_line
  from $[groups]
  where member is not null and line in (select line from $[faults])
  group by member
)

select
  groups.line,
  $[column],
  'another row of it is bad',
  format('line {} of the same {} is bad: fix it, and keep all rows of it together', bad_groups.first_line, $[column])
from $[groups] as groups
join bad_groups on bad_groups.member = groups.member
where groups.line not in (select line from $[faults])
