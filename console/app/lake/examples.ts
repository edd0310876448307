/** Example queries beyond the KPIs. */
export const EXAMPLES: readonly { readonly name: string; readonly sql: string }[] = [
  {
    name: 'Newest orders',
    sql: `select order_id, user_id, status, created_at, num_of_item
from orders
order by created_at desc
limit 100`,
  },
  {
    name: 'Revenue by brand',
    sql: `select p.brand, count(*) as items, sum(i.sale_price) as revenue
from order_items as i
join products as p on p.id = i.product_id
group by all
order by revenue desc`,
  },
  {
    name: 'Items without an order',
    sql: `select i.*
from order_items as i
anti join orders as o on o.order_id = i.order_id
order by i.created_at
limit 1000`,
  },
  {
    name: 'Rows per file',
    sql: `select _source_key as file, _source_modified_at as uploaded_at, count(*) as rows
from orders
group by all
order by uploaded_at desc`,
  },
  {
    name: 'Revenue by month',
    sql: `select month, sum(total_revenue) as revenue, sum(total_orders) as orders
from order_kpis
group by month
order by month`,
  },
];
