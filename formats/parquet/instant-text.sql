-- The text of an instant in UTC. Arithmetic on microseconds is faster than a cast, which uses a calendar and a time zone.
-- value: the timestamptz
case
  when isfinite($[value]) then make_timestamp(epoch_us($[value]))::varchar || 'Z'
  else $[value]::varchar
end
