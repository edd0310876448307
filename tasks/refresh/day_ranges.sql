-- One row per day: the first and the last instant of a range, in microseconds, that contains the whole day. The range is
-- computed in UTC, because in local time a midnight can occur twice, and a day can be skipped or repeated.
-- days: relation; day: its column of days; reach: maximum offset of the time zone from UTC, in hours
select
  cast($[day] as timestamp) - interval $[reach] hour as low,
  cast($[day] as timestamp) + interval 1 day + interval $[reach] hour - interval 1 microsecond as high
from $[days]
