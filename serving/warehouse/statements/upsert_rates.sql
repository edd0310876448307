-- The rate of each currency and day.
insert into currency_rates (currency_key, rate_date, rate)
select dim_currency.currency_key, staged_rates.rate_date, staged_rates.rate
from staged_rates
join dim_currency on dim_currency.currency_code = staged_rates.currency_code
on conflict (currency_key, rate_date) do update set rate = excluded.rate
where currency_rates.rate <> excluded.rate
