-- Rates that the lake does not have any more.
delete from currency_rates using touched_rates, dim_currency
where dim_currency.currency_code = touched_rates.currency_code
  and currency_rates.currency_key = dim_currency.currency_key
  and currency_rates.rate_date = touched_rates.rate_date
  and not exists (
    select 1 from staged_rates
    where staged_rates.currency_code = touched_rates.currency_code and staged_rates.rate_date = touched_rates.rate_date
  )
