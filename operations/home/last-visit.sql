-- The time at which the last session of a day started, in epoch milliseconds; null without one.
-- $day: the day
select epoch_ms(max(started_at)) as started_at from sessions where event_date = cast($day as date)
