-- One row per day: a first and a last instant, to the microsecond, between which the whole day lies. Clocks that are put
-- back may show a midnight twice, and a day may be left out or come twice, so that no instant of a zone's own is sure.
-- days: relation (order_date); reach: hours that a wall clock of the time zone is at most apart from one of UTC
select
  cast(order_date as timestamp) - interval $[reach] hour as low,
  cast(order_date as timestamp) + interval 1 day + interval $[reach] hour - interval 1 microsecond as high
from $[days]
