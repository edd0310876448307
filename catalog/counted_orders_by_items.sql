-- One row per order that the KPIs include, with its day in the reporting time zone, where orders have no column num_of_item: those
-- that have an item.
-- rows: relation (order_id, user_id, status, created_at); order_items_rows: relation (order_id), at least the items of these
-- orders; blanks: string literal, the characters that trimming removes; time_zone: string literal
select
  order_id,
  user_id,
  lower(trim(both $[blanks] from status)) = 'returned' as is_returned,
  cast(from_utc_timestamp(created_at, $[time_zone]) as date) as order_date
from $[rows]
where order_id in (select order_id from $[order_items_rows])
