-- One row per day whose KPIs a change can touch: days that an order left or joined, and days of orders whose items changed.
-- changed_orders: relation (order_id, created_at), both images of every order that changed;
-- touched_orders: relation (order_id, created_at), the orders of items that changed; time_zone: string literal
select distinct cast(from_utc_timestamp(created_at, $[time_zone]) as date) as order_date
from (
  select created_at from $[changed_orders]
  union all
  select created_at from $[touched_orders]
) as touched
