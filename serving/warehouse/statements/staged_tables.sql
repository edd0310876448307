-- The changes of a load, until its transaction ends. touched: every key that can differ; staged: the rows of those that exist.
create temp table touched_users (user_id $[text]);
create temp table staged_users (
  user_id $[text],
  age bigint,
  gender $[text],
  city $[text],
  state $[text],
  country $[text],
  traffic_source $[text],
  registered_at timestamptz
);

create temp table touched_products (product_id $[text]);
create temp table staged_products (
  product_id $[text],
  sku $[text],
  name $[text],
  brand $[text],
  category $[text],
  department $[text],
  cost $[amount],
  retail_price $[amount],
  valid_from timestamptz,
  valid_to timestamptz,
  is_current boolean,
  is_deleted boolean,
  is_inferred boolean
);

create temp table touched_rates (currency_code $[text], rate_date date);
create temp table staged_rates (currency_code $[text], rate_date date, rate $[rate]);

create temp table touched_orders (order_id $[text]);
create temp table staged_orders (
  order_id $[text],
  user_id $[text],
  currency_code $[text],
  starts_at timestamp,
  order_date date,
  created_at timestamptz,
  status $[text],
  shipped_at timestamptz,
  delivered_at timestamptz,
  returned_at timestamptz,
  num_of_item bigint,
  is_returned boolean,
  is_counted boolean
);

create temp table touched_order_items (order_item_id $[text]);
create temp table staged_order_items (
  order_item_id $[text],
  order_id $[text],
  user_id $[text],
  product_id $[text],
  starts_at timestamp,
  created_at timestamptz,
  status $[text],
  shipped_at timestamptz,
  delivered_at timestamptz,
  returned_at timestamptz,
  quantity bigint,
  sale_price $[amount],
  is_returned boolean,
  is_counted boolean
);

create temp table touched_events (event_id $[text]);

-- Members of dimensions that lose a fact or what is known of them: those without any are deleted.
create temp table released_members (user_key bigint, product_key bigint, time_key bigint, currency_key bigint);

-- Rows of dim_product whose facts from a time on get another version; without a time, the row ends.
create temp table moved_products (product_key bigint, product_id $[text], from_at timestamptz)
