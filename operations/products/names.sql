-- The name and the category of each product, as text; without the kind's column there is none.
-- name, category: expressions
select
  cast(id as varchar) as product_id,
  $[name] as name,
  $[category] as category
from products
