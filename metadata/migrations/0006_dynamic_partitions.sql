-- Partitions that come and go: their keys, by the name that assets give to all of them. `number` is the order in which they
-- were added; `call` is the call that added a key, by which a repeated statement knows what it did.
create table assetry.dynamic_partitions (
  name text not null,
  key text not null,
  number bigint not null generated always as identity,
  added_at timestamptz(3) not null default clock_timestamp(),
  call text not null,
  primary key (name, key)
);
create index dynamic_partitions_by_number on assetry.dynamic_partitions (name, number);

-- Adds keys that are not there yet, in their order, and returns as an array of JSON those that this call has added. Who adds to
-- the same name waits here: keys become visible in the order of their numbers, and two calls never wait for each other's keys.
create function assetry.add_dynamic_partitions(the_name text, the_keys json, the_call text) returns json language plpgsql as $$
declare
  added json;
begin
  perform pg_advisory_xact_lock(724683361, hashtext(the_name));
  insert into assetry.dynamic_partitions (name, key, call)
    select the_name, value, the_call from json_array_elements_text(the_keys) with ordinality as given (value, place) order by place
    on conflict (name, key) do nothing;
  select coalesce(json_agg(key order by number), '[]') into added
    from assetry.dynamic_partitions where name = the_name and call = the_call;
  return added;
end $$;

-- Takes keys away. What happened to their partitions stays where it is.
create function assetry.remove_dynamic_partitions(the_name text, the_keys json) returns boolean language plpgsql as $$
begin
  perform pg_advisory_xact_lock(724683361, hashtext(the_name));
  delete from assetry.dynamic_partitions
    where name = the_name and key in (select value from json_array_elements_text(the_keys));
  return true;
end $$;
