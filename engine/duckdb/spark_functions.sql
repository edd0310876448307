-- Functions of Spark's SQL that DuckDB lacks. With them the queries beside this file are one text for both engines.

-- whole numbers, the quotient's fraction cut off
create or replace temp macro div(dividend, divisor) as cast(dividend as hugeint) // cast(divisor as hugeint);

-- an instant as a clock on the wall of the time zone shows it
create or replace temp macro from_utc_timestamp(instant, time_zone) as timezone(time_zone, instant);

-- the microseconds from 1970 UTC to an instant
create or replace temp macro unix_micros(instant) as epoch_us(instant);

-- the days from the second date to the first
create or replace temp macro datediff(until, since) as date_diff('day', since, until);
