-- One row per product that counts, with the category it counts under.
-- rows: relation (id, category, cost, retail_price); blanks: string literal, the characters that trimming takes away;
-- category_length: characters of a category that are kept
select
  id as product_id,
  coalesce(nullif(left(trim(both $[blanks] from category), $[category_length]), ''), 'Unknown') as category
from $[rows]
where cost > 0 and retail_price > 0
