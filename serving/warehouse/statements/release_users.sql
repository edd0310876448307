-- Users of whom nothing is known any more.
insert into released_members (user_key)
select dim_user.user_key
from dim_user
join touched_users on touched_users.user_id = dim_user.user_id
where not dim_user.is_inferred
  and not exists (select 1 from staged_users where staged_users.user_id = touched_users.user_id)
