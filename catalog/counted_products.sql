-- One row per product that the KPIs include, with its category.
-- rows: relation (id, category, retail_price, cost, null if the contract lacks it); counted: condition of the rows to include;
-- blanks: string literal, the characters that trimming removes; category_length: maximum length of a category, in characters
select
  id as product_id,
  coalesce(nullif(left(trim(both $[blanks] from category), $[category_length]), ''), 'Unknown') as category,
  cost
from $[rows]
where $[counted]
