-- One row per order that the KPIs include, with its day in the reporting time zone.
-- rows: relation (order_id, user_id, status, created_at, num_of_item, null if the contract lacks it); counted: condition of the rows to
-- include; blanks: string literal, the characters that trimming removes; time_zone: string literal
select
  order_id,
  user_id,
  lower(trim(both $[blanks] from status)) = 'returned' as is_returned,
  cast(from_utc_timestamp(created_at, $[time_zone]) as date) as order_date
from $[rows]
where $[counted]
