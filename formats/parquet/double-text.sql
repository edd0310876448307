-- The shortest decimal text of a floating-point number: without an exponent, unless it is so large that digits may be lost; null for NaN.
-- value: the number; exact: the number from which whole numbers are not exact
case
  when isnan($[value]) then null
  when isinf($[value]) then $[value]::varchar
  when abs($[value]) >= $[exact] then replace($[value]::varchar, '.0', 'e0')
  when $[value] = trunc($[value]) then $[value]::bigint::varchar
  when contains($[value]::varchar, 'e-') then
    if($[value] < 0, '-', '') || '0.'
    || repeat('0', regexp_extract($[value]::varchar, 'e-([0-9]+)$', 1)::integer - 1)
    || replace(regexp_extract($[value]::varchar, '^-?([0-9.]+)e', 1), '.', '')
  else $[value]::varchar
end
