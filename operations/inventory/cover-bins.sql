-- How many products have how many days of cover; `bin` is null where nothing sells, and 0 without stock.
-- inventory: relation of inventory.sql
select
  case
    when is_stock_out then 0
    when days_of_cover is null then null
    when days_of_cover <= 7 then 7
    when days_of_cover <= 14 then 14
    when days_of_cover <= 30 then 30
    when days_of_cover <= 60 then 60
    when days_of_cover <= 90 then 90
    else 91
  end as bin,
  count(*) as products
from $[inventory]
group by 1
