-- A currency without a rate is an inferred member: it stays as long as there are facts.
update dim_currency set is_inferred = true
where currency_code in (select currency_code from touched_rates)
  and not is_inferred
  and not exists (select 1 from currency_rates where currency_rates.currency_key = dim_currency.currency_key)
