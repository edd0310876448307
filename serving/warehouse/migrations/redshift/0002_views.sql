-- The views of migrations/0002_views.sql and 0004_currencies.sql, without what Redshift lacks: filter, lateral, values, named windows, JSON of rows,
-- and "is distinct from". The live views need events within seconds, which only PostgreSQL has.
-- Amounts are rounded half up to 4 decimals, percentages to 2; a percentage is null where the divisor is 0.

create view shop_currency as
select
  shop.currency_code,
  dim_currency.currency_key
from shop
left join dim_currency on dim_currency.currency_code = shop.currency_code;

-- One row per currency and day with an order or an amount of an event: rate units of the currency are worth shop_rate units of the shop's. A quotient has
-- more decimals the fewer digits the divisor has: https://docs.aws.amazon.com/redshift/latest/dg/r_numeric_computations201.html
create view day_rates as
with currency_days as (
  select currency_key, order_date as day
  from fact_orders
  union
  select currency_key, event_date as day
  from fact_events
  where value is not null or price is not null
),

named as (
  select
    currency_days.currency_key,
    currency_days.day,
    dim_currency.currency_code,
    shop_currency.currency_code as shop_currency_code,
    shop_currency.currency_key as shop_currency_key,
    case
      when dim_currency.currency_code is null or dim_currency.currency_code = shop_currency.currency_code then 1 else 0
    end as is_shop_currency
  from currency_days
  join dim_currency on dim_currency.currency_key = currency_days.currency_key
  cross join shop_currency
),

-- The currencies whose rates are looked up: none for one that is worth itself.
converted as (
  select
    currency_key,
    day,
    currency_code,
    is_shop_currency,
    shop_currency_code,
    case when is_shop_currency = 1 or currency_code = 'EUR' then null else currency_key end as own_key,
    case when is_shop_currency = 1 or shop_currency_code = 'EUR' then null else shop_currency_key end as shop_key
  from named
),

newest as (
  select
    wanted.currency_key,
    wanted.day,
    max(currency_rates.rate_date) as rate_date
  from (
    select own_key as currency_key, day from converted where own_key is not null
    union
    select shop_key as currency_key, day from converted where shop_key is not null
  ) as wanted
  join currency_rates
    on currency_rates.currency_key = wanted.currency_key
    and currency_rates.rate_date <= wanted.day
    and currency_rates.rate > 0
  group by wanted.currency_key, wanted.day
),

found as (
  select
    newest.currency_key,
    newest.day,
    newest.rate_date,
    cast(currency_rates.rate as numeric(16, 8)) as rate
  from newest
  join currency_rates
    on currency_rates.currency_key = newest.currency_key
    and currency_rates.rate_date = newest.rate_date
)

select
  converted.currency_key,
  converted.day,
  converted.currency_code,
  least(own.rate_date, of_shop.rate_date) as rate_date,
  case
    when converted.is_shop_currency = 1 or converted.currency_code = 'EUR' then cast(1 as numeric(16, 8)) else own.rate
  end as rate,
  case
    when converted.is_shop_currency = 1 or converted.shop_currency_code = 'EUR' then cast(1 as numeric(16, 8)) else of_shop.rate
  end as shop_rate
from converted
left join found as own on own.currency_key = converted.own_key and own.day = converted.day
left join found as of_shop on of_shop.currency_key = converted.shop_key and of_shop.day = converted.day;

create view order_rates as
with counted_orders as (
  select order_id, order_date, user_key, currency_key, is_returned
  from fact_orders
  where is_counted
  union all
  select order_id, order_date, user_key, currency_key, is_returned
  from fact_orders
  where is_counted is null
    and order_id in (select order_id from fact_order_items)
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
join day_rates on day_rates.currency_key = counted_orders.currency_key and day_rates.day = counted_orders.order_date;

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
join fact_order_items on fact_order_items.order_id = order_rates.order_id
where fact_order_items.is_counted;

create view order_sales as
with items as (
  select order_id, order_item_id, quantity, sale_price, is_returned
  from fact_order_items
  where is_counted
),

lines as (
  select
    order_rates.order_id,
    order_rates.order_date,
    order_rates.user_key,
    order_rates.is_returned,
    order_rates.currency_code,
    order_rates.rate_date,
    items.order_item_id,
    items.quantity,
    items.sale_price,
    case when items.is_returned then 1 else 0 end as returned_lines,
    round(items.sale_price * order_rates.shop_rate / order_rates.rate, 4) as shop_price
  from order_rates
  left join items on items.order_id = order_rates.order_id
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
  coalesce(sum(case when returned_lines = 1 then quantity end), 0) as returned_units,
  coalesce(sum(case when returned_lines = 1 then sale_price end), 0) as returned_revenue,
  case when count(shop_price) = count(order_item_id) then coalesce(sum(shop_price), 0) end as shop_revenue,
  case
    when count(shop_price) = count(order_item_id) or sum(returned_lines) = 0
      then coalesce(sum(case when returned_lines = 1 then shop_price end), 0)
  end as shop_returned_revenue
from lines
group by order_id, order_date, user_key, is_returned, currency_code, rate_date;

create view daily_sales as
select
  order_date,
  count(*) as orders,
  sum(case when is_returned then 1 else 0 end) as returned_orders,
  sum(units) as units,
  coalesce(sum(shop_revenue), 0) as revenue,
  sum(returned_units) as returned_units,
  coalesce(sum(shop_returned_revenue), 0) as returned_revenue,
  sum(case when shop_revenue is null then 1 else 0 end) as orders_without_rate
from order_sales
group by order_date;

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
  sum(case when shop_revenue is null then 1 else 0 end) as orders_without_rate
from order_sales
group by order_date, currency_code;

create view event_amounts as
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
join day_rates on day_rates.currency_key = fact_events.currency_key and day_rates.day = fact_events.event_date
where fact_events.value is not null or fact_events.price is not null;

create view session_events as
with events as (
  select
    event_id,
    visitor_id,
    session_id,
    event_time,
    event_name,
    case when event_name = 'purchase' then transaction_id end as purchased_id
  from fact_events
  where is_first and not is_bot
),

distinguished as (
  select
    event_id,
    visitor_id,
    session_id,
    event_time,
    event_name,
    case
      when purchased_id is not null
        and row_number() over (partition by purchased_id order by event_time, event_id) > 1
        then true
      else false
    end as is_repeated
  from events
),

preceded as (
  select
    event_id,
    visitor_id,
    session_id,
    event_time,
    event_name,
    is_repeated,
    lag(event_time) over (partition by visitor_id, session_id order by event_time, event_id) as previous_time
  from distinguished
  where visitor_id is not null or session_id is not null
),

numbered as (
  select
    event_id,
    visitor_id,
    session_id,
    event_time,
    event_name,
    is_repeated,
    sum(case when session_id is null and event_time > previous_time + interval '30 minutes' then 1 else 0 end) over (
      partition by visitor_id, session_id order by event_time, event_id rows unbounded preceding
    ) as number
  from preceded
),

sessions as (
  select
    event_id,
    visitor_id,
    session_id,
    number,
    min(event_time) over (partition by visitor_id, session_id, number) as started_at,
    max(event_time) over (partition by visitor_id, session_id, number) as ended_at,
    sum(case when event_name = 'page_view' then 1 else 0 end) over (
      partition by visitor_id, session_id, number
    ) as page_views,
    sum(case when event_name = 'purchase' and not is_repeated then 1 else 0 end) over (
      partition by visitor_id, session_id, number
    ) as purchases
  from numbered
)

select
  distinguished.event_id,
  distinguished.is_repeated,
  case
    when sessions.event_id is not null
      then coalesce('"' || replace(sessions.visitor_id, '"', '""') || '"', 'null')
        || ',' || coalesce('"' || replace(sessions.session_id, '"', '""') || '"', 'null')
        || ',' || cast(sessions.number as varchar(20))
  end as session_key,
  sessions.started_at,
  case
    when sessions.event_id is null then null
    when sessions.ended_at > sessions.started_at + interval '10 seconds'
      or sessions.page_views >= 2
      or sessions.purchases > 0
      then true
    else false
  end as is_engaged
from distinguished
left join sessions on sessions.event_id = distinguished.event_id;

create view list_engagement as
with items as (
  select
    fact_events.event_date,
    fact_events.event_name,
    fact_events.list_name,
    dim_product.product_id,
    case when session_events.session_key is null then 1 else 0 end as is_alone,
    coalesce(session_events.session_key, fact_events.event_id) as visit,
    session_events.session_key,
    session_events.is_engaged
  from fact_events
  join dim_product on dim_product.product_key = fact_events.product_key
  join session_events on session_events.event_id = fact_events.event_id
  where fact_events.event_name in ('view_item_list', 'select_item', 'view_item')
    and fact_events.item_index >= 0
    and fact_events.list_name <> ''
),

selected as (
  select
    event_date,
    event_name,
    list_name,
    session_key,
    is_engaged,
    sum(case when event_name = 'select_item' then 1 else 0 end) over (
      partition by is_alone, visit, product_id, list_name
    ) as selections
  from items
),

interactions as (
  select
    event_date,
    list_name,
    session_key,
    is_engaged,
    case when event_name = 'view_item_list' then 1 else 0 end as impressions,
    case when event_name = 'select_item' or event_name = 'view_item' and selections = 0 then 1 else 0 end as clicks
  from selected
)

select
  list_name,
  event_date,
  sum(impressions) as impressions,
  sum(clicks) as clicks,
  round(100.0 * sum(clicks) / nullif(sum(impressions), 0), 2) as ctr,
  count(distinct session_key) as sessions,
  count(distinct case when is_engaged then session_key end) as engaged_sessions
from interactions
where impressions + clicks > 0
group by list_name, event_date;

create view product_funnel as
with steps as (
  select
    dim_product.product_id,
    fact_events.event_date,
    sum(case when fact_events.event_name = 'view_item_list' then 1 else 0 end) as impressions,
    sum(case when fact_events.event_name = 'view_item' then 1 else 0 end) as views,
    sum(case when fact_events.event_name = 'add_to_cart' then 1 else 0 end) as carts,
    sum(case when fact_events.event_name = 'begin_checkout' then 1 else 0 end) as checkouts,
    sum(case when fact_events.event_name = 'purchase' then 1 else 0 end) as purchases
  from fact_events
  join dim_product on dim_product.product_key = fact_events.product_key
  join session_events on session_events.event_id = fact_events.event_id
  where fact_events.event_name in ('view_item_list', 'view_item', 'add_to_cart', 'begin_checkout', 'purchase')
    and dim_product.product_id is not null
    and not session_events.is_repeated
  group by dim_product.product_id, fact_events.event_date
)

select
  product_id,
  event_date,
  impressions,
  views,
  carts,
  checkouts,
  purchases,
  round(100.0 * carts / nullif(views, 0), 2) as view_to_cart,
  round(100.0 * purchases / nullif(views, 0), 2) as view_to_purchase
from steps;
