-- What is known of each user.
insert into dim_user (user_id, age, gender, city, state, country, traffic_source, registered_at, is_inferred)
select user_id, age, gender, city, state, country, traffic_source, registered_at, false
from staged_users
on conflict (user_id) do update set
  age = excluded.age,
  gender = excluded.gender,
  city = excluded.city,
  state = excluded.state,
  country = excluded.country,
  traffic_source = excluded.traffic_source,
  registered_at = excluded.registered_at,
  is_inferred = excluded.is_inferred
where (
  dim_user.age, dim_user.gender, dim_user.city, dim_user.state, dim_user.country, dim_user.traffic_source,
  dim_user.registered_at, dim_user.is_inferred
) is distinct from (
  excluded.age, excluded.gender, excluded.city, excluded.state, excluded.country, excluded.traffic_source,
  excluded.registered_at, excluded.is_inferred
)
