-- A currency with a rate is none.
update dim_currency set is_inferred = false
where currency_code in (select currency_code from touched_rates union select currency_code from staged_rates)
  and is_inferred
  and currency_key in (select currency_key from currency_rates)
