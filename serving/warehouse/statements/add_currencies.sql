-- One row per currency that a rate or a fact names.
-- named: query of the column currency_code; if_absent: what is done with those that another transaction has just inserted
insert into dim_currency (currency_code, is_inferred)
select currency_code, true
from ($[named]) as named
where currency_code is not null
  and not exists (select 1 from dim_currency where dim_currency.currency_code = named.currency_code)
order by named.currency_code
$[if_absent]
