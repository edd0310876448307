-- One row per product that the KPIs include, with its category, where products have no column cost.
-- rows: relation (id, category, retail_price); blanks: string literal, the characters that trimming removes;
-- category_length: maximum length of a category, in characters
select
  id as product_id,
  coalesce(nullif(left(trim(both $[blanks] from category), $[category_length]), ''), 'Unknown') as category
from $[rows]
where retail_price > 0
