-- What the workloads need, made where it is missing.
begin;

-- Two servers may start on one database at once: one makes the tables while the other waits.
select pg_advisory_xact_lock(7263549120);

create table if not exists world (id integer primary key, random_number integer not null);
insert into world (id, random_number)
    select id, 1 + floor(random() * 10000)::integer from generate_series(1, 10000) as id
    where not exists (select from world)
    on conflict do nothing;

-- A schema of its own: the database may be somebody's who has tables of these names.
create schema if not exists shop;

create table if not exists shop.customers (id integer primary key, name text not null);

create table if not exists shop.products (
    id integer primary key,
    name text not null,
    price numeric(12, 2) not null check (price >= 0),
    stock_initial integer not null,
    stock integer not null check (stock between 0 and stock_initial)
);

create table if not exists shop.orders (
    id bigint generated always as identity primary key,
    customer_id integer not null references shop.customers,
    placed_at timestamptz not null default now(),
    total numeric(12, 2) not null
);
create index if not exists orders_customer_id on shop.orders (customer_id);

create table if not exists shop.order_lines (
    order_id bigint not null references shop.orders,
    product_id integer not null references shop.products,
    quantity integer not null check (quantity > 0),
    unit_price numeric(12, 2) not null,
    primary key (order_id, product_id)
);
create index if not exists order_lines_product_id on shop.order_lines (product_id);

-- The answer is null only inside the transaction that makes the order.
create table if not exists shop.idempotency_keys (
    key text primary key,
    body_sha256 text not null,
    created_at timestamptz not null default now(),
    answer text
);
create index if not exists idempotency_keys_created_at on shop.idempotency_keys (created_at);

do $$
begin
    if exists (select from shop.products) then
        return;
    end if;

    insert into shop.customers (id, name)
        select id, 'Customer ' || id from generate_series(1, 1000) as id
        on conflict do nothing;

    -- Every hundredth is scarce, so that running out can be seen; the others last for a long measurement.
    insert into shop.products (id, name, price, stock_initial, stock)
        select id, 'Product ' || id, 0.50 + (id * 37 % 9950) / 100.0, stock, stock
        from generate_series(1, 1000) as id, lateral (select case when id % 100 = 0 then 10 else 1000000 end) as kept (stock);

    insert into shop.orders (customer_id, total) select n, 0 from generate_series(1, 1000) as n order by n;
    insert into shop.order_lines (order_id, product_id, quantity, unit_price)
        select o.id, p.id, 1 + (o.id + line) % 5, p.price
        from shop.orders as o
        cross join lateral generate_series(0, (o.id % 4)::integer) as line
        join shop.products as p on p.id = 1 + (o.id * 7 + line * 250) % 1000;
    update shop.orders set total = sold.total
        from (select order_id, sum(quantity * unit_price) as total from shop.order_lines group by order_id) as sold
        where id = order_id;

    -- At all times a product's stock is what it began with, less what its order lines took.
    update shop.products set stock_initial = stock_initial + quantity
        from (select product_id, sum(quantity) as quantity from shop.order_lines group by product_id) as sold
        where id = product_id;
end
$$;

commit;
