-- Inferred members whose last fact is gone.
delete from dim_currency
where currency_key in (select currency_key from released_members)
  and is_inferred
  and not exists (select 1 from fact_orders where fact_orders.currency_key = dim_currency.currency_key)
  and not exists (select 1 from fact_events where fact_events.currency_key = dim_currency.currency_key)
