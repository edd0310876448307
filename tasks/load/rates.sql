-- One row per currency and day; units: of the currency for one euro.
-- rows: relation of the columns below
select
  currency as currency_code,
  rate_date,
  rate
from $[rows] as currency_rates
