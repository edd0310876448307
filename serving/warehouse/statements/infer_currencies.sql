-- A currency without a rate is an inferred member: it stays as long as there are facts.
with changed as (
  update dim_currency set is_inferred = not is_inferred
  where currency_code in (select currency_code from touched_rates union select currency_code from staged_rates)
    and is_inferred = exists (select from currency_rates where currency_rates.currency_key = dim_currency.currency_key)
  returning currency_key, is_inferred
)

insert into released_members (currency_key) select currency_key from changed where is_inferred
