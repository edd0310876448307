-- One row per day with a session: its visits, and those that started until a time.
-- $from, $to: the days, both included; $until: an instant in epoch milliseconds. A session without a visitor is of a visitor of its own.
select
  cast(event_date as varchar) as day,
  epoch_ms(started_at) <= cast($until as bigint) as is_until,
  grouping(is_until) = 0 as has_until,
  count(*) as sessions,
  count(distinct coalesce(visitor_id, session_key)) as visitors,
  count(*) filter (where purchases > 0) as purchased,
  coalesce(sum(purchases), 0) as purchases
from sessions
where event_date between cast($from as date) and cast($to as date)
group by grouping sets ((event_date), (event_date, is_until))
