-- $1: the reporting time zone, an IANA name
update staged_events set
  starts_at = date_trunc('hour', event_time at time zone $1),
  event_date = (event_time at time zone $1)::date
