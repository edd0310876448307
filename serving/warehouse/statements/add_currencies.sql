-- One row per currency that a rate or a fact names.
insert into dim_currency (currency_code, is_inferred)
select currency_code, true
from (
  select currency_code from staged_rates
  union
  select currency_code from staged_orders
  union
  select currency_code from staged_events
) as named
where currency_code is not null
  and not exists (select from dim_currency where dim_currency.currency_code = named.currency_code)
