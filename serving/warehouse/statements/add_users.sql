-- An inferred member for each user that facts name before anything else is known.
insert into dim_user (user_id, is_inferred)
select user_id, true
from (
  select user_id from staged_orders
  union
  select user_id from staged_order_items
  union
  select user_id from staged_events
) as named
where user_id is not null and not exists (select from dim_user where dim_user.user_id = named.user_id)
