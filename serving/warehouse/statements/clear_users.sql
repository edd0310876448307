-- A user of whom nothing is known any more stays an inferred member as long as there are facts.
update dim_user set
  age = null,
  gender = null,
  city = null,
  state = null,
  country = null,
  traffic_source = null,
  registered_at = null,
  is_inferred = true
from touched_users
where dim_user.user_id = touched_users.user_id
  and not dim_user.is_inferred
  and not exists (select 1 from staged_users where staged_users.user_id = touched_users.user_id)
