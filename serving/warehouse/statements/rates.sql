-- The rate of each currency and day.
select dim_currency.currency_key, staged_rates.rate_date, staged_rates.rate
from staged_rates
join dim_currency on dim_currency.currency_code = staged_rates.currency_code
