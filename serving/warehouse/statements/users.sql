-- What is known of each user.
select user_id, age, gender, city, state, country, traffic_source, registered_at, false as is_inferred
from staged_users
