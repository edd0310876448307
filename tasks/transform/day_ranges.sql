-- One row per day: its first and last instant in the reporting time zone, to the microsecond.
-- days: relation (order_date); time_zone: string literal
select
  cast(order_date as timestamp) at time zone $[time_zone] as low,
  cast(order_date + 1 as timestamp) at time zone $[time_zone] - interval 1 microsecond as high
from $[days]
