-- One row per order, as the warehouse has it.
-- rows: relation of the columns below; counted: condition of the rows that the KPIs include; time_zone, blanks: string literals; currency: that of
-- the shop, a literal or null
select
  cast(order_id as varchar) as order_id,
  cast(user_id as varchar) as user_id,
  coalesce(upper(nullif(trim(both $[blanks] from cast(currency as varchar)), '')), $[currency]) as currency_code,
  greatest(date_trunc('hour', from_utc_timestamp(created_at, $[time_zone])), timestamp '0001-01-01') as starts_at,
  greatest(cast(from_utc_timestamp(created_at, $[time_zone]) as date), date '0001-01-01') as order_date,
  created_at,
  cast(status as varchar) as status,
  try_cast(shipped_at as timestamptz) as shipped_at,
  try_cast(delivered_at as timestamptz) as delivered_at,
  try_cast(returned_at as timestamptz) as returned_at,
  try_cast(num_of_item as bigint) as num_of_item,
  coalesce(lower(trim(both $[blanks] from status)) = 'returned', false) as is_returned,
  $[counted] as is_counted
from $[rows] as orders
