-- Currencies that have no rate any more.
insert into released_members (currency_key)
select dim_currency.currency_key
from dim_currency
where currency_code in (select currency_code from touched_rates)
  and not is_inferred
  and not exists (select 1 from currency_rates where currency_rates.currency_key = dim_currency.currency_key)
