-- One row per list_name and event_date with an impression or a click.
-- input: session_items; units: items, sessions
select
  list_name,
  event_date,
  cast(sum(impressions) as bigint) as impressions,
  cast(sum(clicks) as bigint) as clicks,
  count(distinct case when is_engaged is not null then session_key end) as sessions,
  count(distinct case when is_engaged then session_key end) as engaged_sessions
from session_items
where list_name <> '' and impressions + clicks > 0
group by list_name, event_date
