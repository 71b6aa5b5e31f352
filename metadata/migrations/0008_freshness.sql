-- How fresh assets are by their policies: what was last found of each, and each change of it.

create table assetry.freshness_states (
  asset_key text primary key,
  -- PASS, WARN, FAIL, UNKNOWN.
  state text not null,
  since timestamptz(3) not null,
  -- Of the policy that says so.
  policy_hash text not null,
  -- When it was found out, by this server's clock.
  evaluated_at timestamptz(3) not null
) with (fillfactor = 70);

create table assetry.freshness_events (
  -- Number in order of recording: what lists are paged by.
  number bigint generated always as identity,
  asset_key text not null,
  -- Null for the first that was ever found.
  from_state text,
  to_state text not null,
  -- When it changed, which is not when that was found out.
  time timestamptz(3) not null,
  reason text not null,
  primary key (asset_key, number)
);

-- Last updates of assets, as pairs of key and milliseconds since 1970 by the moment of asking, `at`: the newest materialization of
-- any partition, or the newest observation that found other data than the one before it. What was never updated is left out.
create function assetry.freshness_updates(the_keys json) returns json language sql stable as $$
  with asked as (select value as asset_key from json_array_elements_text(the_keys)),
  found as (
    select asked.asset_key, greatest(
      (select m.time from assetry.materializations as m where m.asset_key = asked.asset_key order by m.number desc limit 1),
      -- Only what was ever observed: of anything else with many partitions all rows would be read for nothing.
      case when exists (select from assetry.observations as o where o.asset_key = asked.asset_key) then (
        select max(case when o.data_version is null then s.observed_at else s.data_version_at end)
        from assetry.asset_statuses as s
          join assetry.observations as o on o.run_id = s.last_observation_run_id and o.seq = s.last_observation_seq
        where s.asset_key = asked.asset_key
      ) end
    ) as time
    from asked
  )
  select json_build_object(
    'at', extract(epoch from now()) * 1000,
    'updates', coalesce((select json_agg(json_build_array(asset_key, extract(epoch from time) * 1000)) from found where time is not null), '[]')
  )
$$;

-- Records how assets were found at a moment, and the change of each whose state is another one than was recorded; what was recorded of
-- a later moment stays. A change under the same policy was when time or an update made it so; under
-- another policy, or the first one, it was when it was found.
create function assetry.record_freshness(evaluated timestamptz, findings json) returns boolean language plpgsql as $$
declare
  each record;
  known assetry.freshness_states%rowtype;
  moment timestamptz;
begin
  for each in
    select * from json_to_recordset(findings) as f("assetKey" text, state text, since timestamptz, "policyHash" text, reason text)
    -- In the order in which everybody locks them.
    order by "assetKey"
  loop
    insert into assetry.freshness_states (asset_key, state, since, policy_hash, evaluated_at)
      values (each."assetKey", each.state, evaluated, each."policyHash", evaluated) on conflict do nothing;
    if found then
      insert into assetry.freshness_events (asset_key, to_state, time, reason) values (each."assetKey", each.state, evaluated, each.reason);
      continue;
    end if;
    select * into known from assetry.freshness_states where asset_key = each."assetKey" for update;
    continue when known.evaluated_at >= evaluated or (known.state, known.policy_hash) = (each.state, each."policyHash");
    moment := case when known.state = each.state then known.since
      when known.policy_hash = each."policyHash" and each.since is not null then greatest(each.since, known.since) else evaluated end;
    update assetry.freshness_states
      set state = each.state, since = moment, policy_hash = each."policyHash", evaluated_at = evaluated where asset_key = each."assetKey";
    continue when known.state = each.state;
    insert into assetry.freshness_events (asset_key, from_state, to_state, time, reason)
      values (each."assetKey", known.state, each.state, moment, each.reason);
  end loop;
  return true;
end $$;
