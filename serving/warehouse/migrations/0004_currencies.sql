-- Amounts in the shop's currency: at the rates of the day, or the last that were published before it. Rounded half up to 4 decimals, as
-- amounts in files are; null without a rate. An amount without a currency is in the shop's.

create table shop (
  is_only boolean primary key default true check (is_only),
  currency_code text
);
comment on table shop is 'one row: what the deployment says about the shop';
comment on column shop.is_only is 'true: there is one shop';
comment on column shop.currency_code is 'ISO 4217 code of the shop''s currency; null if the deployment names none';

insert into shop default values;
-- Without statistics, the planner takes it for a large table.
analyze shop;

create function rate_on(currency_key bigint, day date) returns table (rate numeric, rate_date date)
language sql stable parallel safe
begin atomic
select currency_rates.rate, currency_rates.rate_date
from currency_rates
where currency_rates.currency_key = rate_on.currency_key
  and currency_rates.rate_date <= rate_on.day
  and currency_rates.rate > 0
order by currency_rates.rate_date desc
limit 1;
end;
comment on function rate_on is 'the rate of a currency on a day, or the last published one before it; no row if there is none';

create view shop_currency as
select
  shop.currency_code,
  dim_currency.currency_key
from shop
left join dim_currency on dim_currency.currency_code = shop.currency_code;
comment on view shop_currency is 'one row: the shop''s currency';
comment on column shop_currency.currency_code is 'ISO 4217 code; null if the deployment names none';
comment on column shop_currency.currency_key is 'dim_currency; null if no rate and no fact has the currency';

create function shop_rates_on(currency_key bigint, day date)
returns table (currency_code text, rate_date date, rate numeric, shop_rate numeric)
language sql stable parallel safe
begin atomic
select
  named.currency_code,
  least(own.rate_date, of_shop.rate_date),
  case when is_shop_currency or named.currency_code = 'EUR' then 1 else own.rate end,
  case when is_shop_currency or named.shop_currency_code = 'EUR' then 1 else of_shop.rate end
from (
  select
    dim_currency.currency_code,
    shop_currency.currency_code as shop_currency_code,
    shop_currency.currency_key as shop_currency_key,
    dim_currency.currency_code is null or dim_currency.currency_code is not distinct from shop_currency.currency_code as is_shop_currency
  from dim_currency
  cross join shop_currency
  where dim_currency.currency_key = shop_rates_on.currency_key
) as named
left join lateral rate_on(shop_rates_on.currency_key, shop_rates_on.day) as own
  on not (is_shop_currency or named.currency_code = 'EUR')
left join lateral rate_on(named.shop_currency_key, shop_rates_on.day) as of_shop
  on not (is_shop_currency or coalesce(named.shop_currency_code = 'EUR', false));
end;
comment on function shop_rates_on is 'the rates of a currency and of the shop''s currency on a day; 1 for both if they are the same, null if unknown';

create view order_rates as
with days as (
  select distinct
    currency_key,
    order_date
  from fact_orders
),

day_rates as materialized (
  select
    days.currency_key,
    days.order_date,
    found.currency_code,
    found.rate_date,
    found.rate,
    found.shop_rate
  from days
  cross join lateral shop_rates_on(days.currency_key, days.order_date) as found
),

-- In two parts, so that only orders whose is_counted is null look for an item.
counted_orders as (
  select *
  from fact_orders
  where is_counted
  union all
  select *
  from fact_orders
  where is_counted is null
    and exists (select from fact_order_items where fact_order_items.order_id = fact_orders.order_id)
)

select
  counted_orders.order_id,
  counted_orders.order_date,
  counted_orders.user_key,
  counted_orders.is_returned,
  day_rates.currency_code,
  day_rates.rate_date,
  day_rates.rate,
  day_rates.shop_rate
from counted_orders
join day_rates on day_rates.currency_key = counted_orders.currency_key and day_rates.order_date = counted_orders.order_date;
comment on view order_rates is 'one row per order that the KPIs include: rate units of its currency are worth shop_rate units of the shop''s';
comment on column order_rates.order_id is 'fact_orders';
comment on column order_rates.order_date is 'day of the order in the reporting time zone';
comment on column order_rates.user_key is 'dim_user: the customer';
comment on column order_rates.is_returned is 'status is returned';
comment on column order_rates.currency_code is 'that of the order, otherwise of the shop; null if neither is known';
comment on column order_rates.rate_date is 'day of the rates, the earlier of two; null if none is needed or known';
comment on column order_rates.rate is 'for one euro; 1 if the order is in the shop''s currency; null if unknown';
comment on column order_rates.shop_rate is 'for one euro; 1 if the order is in the shop''s currency; null if unknown';

create view item_sales as
select
  fact_order_items.order_item_id,
  order_rates.order_id,
  order_rates.order_date,
  order_rates.user_key,
  fact_order_items.product_key,
  fact_order_items.quantity,
  fact_order_items.is_returned,
  order_rates.currency_code,
  order_rates.rate_date,
  fact_order_items.sale_price as revenue,
  round(fact_order_items.sale_price * order_rates.shop_rate / order_rates.rate, 4) as shop_revenue
from order_rates
join fact_order_items on fact_order_items.order_id = order_rates.order_id and fact_order_items.is_counted;
comment on view item_sales is 'one row per line of an order that the KPIs include';
comment on column item_sales.order_item_id is 'fact_order_items';
comment on column item_sales.order_id is 'fact_orders';
comment on column item_sales.order_date is 'day of the order in the reporting time zone';
comment on column item_sales.user_key is 'dim_user: the customer of the order';
comment on column item_sales.product_key is 'dim_product: the version valid at the time of the line';
comment on column item_sales.quantity is 'pieces';
comment on column item_sales.is_returned is 'status of the line is returned';
comment on column item_sales.currency_code is 'of revenue; null if unknown';
comment on column item_sales.rate_date is 'as in order_rates';
comment on column item_sales.revenue is 'of all pieces, in currency_code';
comment on column item_sales.shop_revenue is 'revenue in the shop''s currency; null without a rate';

create view order_sales as
with lines as (
  select
    order_rates.*,
    items.order_item_id,
    items.quantity,
    items.sale_price,
    items.is_returned as is_line_returned,
    round(items.sale_price * order_rates.shop_rate / order_rates.rate, 4) as shop_price
  from order_rates
  left join fact_order_items as items on items.order_id = order_rates.order_id and items.is_counted
)

select
  order_id,
  order_date,
  user_key,
  is_returned,
  currency_code,
  rate_date,
  coalesce(sum(quantity), 0) as units,
  coalesce(sum(sale_price), 0) as revenue,
  coalesce(sum(quantity) filter (where is_line_returned), 0) as returned_units,
  coalesce(sum(sale_price) filter (where is_line_returned), 0) as returned_revenue,
  case when count(shop_price) = count(order_item_id) then coalesce(sum(shop_price), 0) end as shop_revenue,
  case
    when count(shop_price) = count(order_item_id) or not bool_or(is_line_returned)
      then coalesce(sum(shop_price) filter (where is_line_returned), 0)
  end as shop_returned_revenue
from lines
group by order_id, order_date, user_key, is_returned, currency_code, rate_date;
comment on view order_sales is 'one row per order that the KPIs include';
comment on column order_sales.order_id is 'fact_orders';
comment on column order_sales.order_date is 'day of the order in the reporting time zone';
comment on column order_sales.user_key is 'dim_user: the customer';
comment on column order_sales.is_returned is 'status of the order is returned';
comment on column order_sales.currency_code is 'of the amounts; null if unknown';
comment on column order_sales.rate_date is 'as in order_rates';
comment on column order_sales.units is 'pieces';
comment on column order_sales.revenue is 'of its items, in currency_code';
comment on column order_sales.returned_units is 'pieces of items with status returned';
comment on column order_sales.returned_revenue is 'of items with status returned, in currency_code';
comment on column order_sales.shop_revenue is 'revenue in the shop''s currency, the sum of its items in item_sales; null without a rate';
comment on column order_sales.shop_returned_revenue is 'returned_revenue in the shop''s currency; null without a rate';

create or replace view daily_sales as
select
  order_date,
  count(*) as orders,
  count(*) filter (where is_returned) as returned_orders,
  sum(units) as units,
  coalesce(sum(shop_revenue), 0) as revenue,
  sum(returned_units) as returned_units,
  coalesce(sum(shop_returned_revenue), 0) as returned_revenue,
  count(*) filter (where shop_revenue is null) as orders_without_rate
from order_sales
group by order_date;
comment on column daily_sales.revenue is 'of their items, in the shop''s currency, without orders_without_rate';
comment on column daily_sales.returned_revenue is 'revenue of items with status returned, in the shop''s currency, without orders_without_rate';
comment on column daily_sales.orders_without_rate is 'orders with items in a currency that has no rate on or before the day';

create view currency_sales as
select
  order_date,
  currency_code,
  count(*) as orders,
  sum(units) as units,
  sum(revenue) as revenue,
  sum(returned_revenue) as returned_revenue,
  coalesce(sum(shop_revenue), 0) as shop_revenue,
  coalesce(sum(shop_returned_revenue), 0) as shop_returned_revenue,
  count(*) filter (where shop_revenue is null) as orders_without_rate
from order_sales
group by order_date, currency_code;
comment on view currency_sales is 'one row per day and currency with an order that the KPIs include';
comment on column currency_sales.order_date is 'day of the orders in the reporting time zone';
comment on column currency_sales.currency_code is 'that of the orders, otherwise of the shop; null if neither is known';
comment on column currency_sales.orders is 'orders in the currency';
comment on column currency_sales.units is 'pieces in them';
comment on column currency_sales.revenue is 'of their items, in currency_code';
comment on column currency_sales.returned_revenue is 'of items with status returned, in currency_code';
comment on column currency_sales.shop_revenue is 'revenue in the shop''s currency, without orders_without_rate';
comment on column currency_sales.shop_returned_revenue is 'returned_revenue in the shop''s currency, without orders_without_rate';
comment on column currency_sales.orders_without_rate is 'orders with items, if the currency has no rate on or before the day';

create view event_amounts as
with days as (
  select distinct
    currency_key,
    event_date
  from fact_events
  where value is not null or price is not null
),

day_rates as materialized (
  select
    days.currency_key,
    days.event_date,
    found.currency_code,
    found.rate_date,
    found.rate,
    found.shop_rate
  from days
  cross join lateral shop_rates_on(days.currency_key, days.event_date) as found
)

select
  fact_events.event_id,
  fact_events.item_index,
  fact_events.event_name,
  fact_events.event_date,
  fact_events.is_first,
  day_rates.currency_code,
  day_rates.rate_date,
  fact_events.value,
  round(fact_events.value * day_rates.shop_rate / day_rates.rate, 4) as shop_value,
  fact_events.price,
  round(fact_events.price * day_rates.shop_rate / day_rates.rate, 4) as shop_price
from fact_events
join day_rates on day_rates.currency_key = fact_events.currency_key and day_rates.event_date = fact_events.event_date
where fact_events.value is not null or fact_events.price is not null;
comment on view event_amounts is 'one row per row of fact_events with a value or a price';
comment on column event_amounts.event_id is 'fact_events';
comment on column event_amounts.item_index is 'fact_events';
comment on column event_amounts.event_name is 'as in fact_events';
comment on column event_amounts.event_date is 'day of the event in the reporting time zone';
comment on column event_amounts.is_first is 'true in one row of each event: add up values with it';
comment on column event_amounts.currency_code is 'of value and price; null if not given, then they are in the shop''s currency';
comment on column event_amounts.rate_date is 'day of the rates, the earlier of two; null if none is needed or known';
comment on column event_amounts.value is 'of the event; null if it has none';
comment on column event_amounts.shop_value is 'value in the shop''s currency; null without a rate';
comment on column event_amounts.price is 'of one piece; null if not given';
comment on column event_amounts.shop_price is 'price in the shop''s currency; null without a rate';
