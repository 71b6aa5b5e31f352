-- Steps of every kind, and what they record beside materializations: observations, check evaluations, outputs. Events of
-- assets that are reported from outside of every run.

alter table assetry.steps alter column asset_key drop not null;
alter table assetry.steps
  -- op, check or observe; null for a step that materializes.
  add column kind text,
  -- The assets that a step of a multi-asset makes.
  add column asset_keys text[],
  add column outputs json,
  add column why text;

alter table assetry.materializations add column input_versions json;

alter table assetry.asset_statuses
  add column last_observation_run_id text,
  add column last_observation_seq bigint,
  add column observed_at timestamptz(3),
  add column data_version text,
  add column data_version_at timestamptz(3),
  -- Time of what says the version: the newest materialization, or the newest observation that names one.
  add column data_at timestamptz(3);

-- observations and check_evaluations are parts of a run's log too, under its numbers.
create table assetry.observations (
  -- Number in order of recording: what lists are paged by.
  number bigint generated always as identity,
  run_id text not null,
  seq bigint not null,
  time timestamptz(3) not null,
  step_key text not null,
  asset_key text not null,
  partition_key text not null,
  attempt integer not null,
  metadata json not null,
  tags json not null,
  data_version text,
  primary key (run_id, seq)
);
create unique index observations_asset on assetry.observations (asset_key, number);

create table assetry.check_evaluations (
  number bigint generated always as identity,
  run_id text not null,
  seq bigint not null,
  time timestamptz(3) not null,
  step_key text not null,
  asset_key text not null,
  check_name text not null,
  partition_key text not null,
  attempt integer not null,
  passed boolean not null,
  severity text not null,
  blocking boolean not null,
  description text,
  metadata json not null,
  -- Number of the materialization that it was about.
  materialization bigint,
  primary key (run_id, seq)
);
create unique index check_evaluations_check on assetry.check_evaluations (asset_key, check_name, number);

create table assetry.check_statuses (
  asset_key text not null,
  check_name text not null,
  updated_at timestamptz(3) not null,
  last_run_id text not null,
  last_seq bigint not null,
  primary key (asset_key, check_name)
) with (fillfactor = 70);

-- An event from outside of every run is the one entry of a log of its own, which goes by the name `report:` and its number in place of a run's id.
create table assetry.reports (
  number bigint generated always as identity,
  -- What makes a second one the first: the idempotency key, or where there is none the call.
  key text primary key,
  -- Which call reported it: the same call repeated gets the same answer.
  call text not null,
  -- Of what was reported: the same key with something else is refused.
  hash text not null,
  -- Number of the event among those of its kind; null only within the transaction that makes it.
  event bigint
);

-- Appends the observations of a step to its run's log, after entry `seq`. Returns how many there are.
create function assetry.add_observations(
  the_run_id text, seq bigint, moment timestamptz, the_step_key text, the_attempt integer, given json
) returns bigint language plpgsql as $$
declare
  added bigint;
begin
  insert into assetry.observations (run_id, seq, time, step_key, attempt, asset_key, partition_key, metadata, tags, data_version)
    select the_run_id, seq + position, moment, the_step_key, the_attempt, asset_key, coalesce(partition_key, ''), metadata, tags, data_version
    from rows from (json_to_recordset(given) as (
      "assetKey" text, "partitionKey" text, metadata json, tags json, "dataVersion" text
    )) with ordinality as o(asset_key, partition_key, metadata, tags, data_version, position);
  get diagnostics added = row_count;
  return added;
end $$;

-- Number of the materialization that a check of a step is about: the one that the same step has made, else the asset's newest.
create function assetry.checked_materialization(the_run_id text, the_step_key text, the_asset_key text, the_partition_key text)
returns bigint language plpgsql stable as $$
declare
  found_number bigint;
begin
  select m.number into found_number from assetry.materializations as m
    where m.run_id = the_run_id and m.step_key = the_step_key and m.asset_key = the_asset_key and m.partition_key = the_partition_key;
  if found then return found_number; end if;
  select m.number into found_number from assetry.asset_statuses as s
    join assetry.materializations as m on m.run_id = s.last_materialization_run_id and m.seq = s.last_materialization_seq
    where s.asset_key = the_asset_key and s.partition_key = the_partition_key;
  if found then return found_number; end if;
  -- A check of the whole of a partitioned asset.
  if the_partition_key = '' then
    select max(m.number) into found_number from assetry.materializations as m where m.asset_key = the_asset_key;
  end if;
  return found_number;
end $$;

-- Appends the check evaluations of a step to its run's log, after entry `seq`. Returns how many there are.
create function assetry.add_checks(
  the_run_id text, seq bigint, moment timestamptz, the_step_key text, the_attempt integer, given json
) returns bigint language plpgsql as $$
declare
  added bigint;
begin
  insert into assetry.check_evaluations (
    run_id, seq, time, step_key, attempt, asset_key, check_name, partition_key, passed, severity, blocking, description, metadata, materialization
  )
    select the_run_id, seq + position, moment, the_step_key, the_attempt, asset_key, check_name, coalesce(partition_key, ''), passed, severity,
      blocking, description, metadata, assetry.checked_materialization(the_run_id, the_step_key, asset_key, coalesce(partition_key, ''))
    from rows from (json_to_recordset(given) as (
      "assetKey" text, "checkName" text, "partitionKey" text, passed boolean, severity text, blocking boolean, description text, metadata json
    )) with ordinality as c(asset_key, check_name, partition_key, passed, severity, blocking, description, metadata, position);
  get diagnostics added = row_count;
  return added;
end $$;

-- Records what a step that has just ended brings beside its materializations, after entry `seq`: observations, checks, outputs, and
-- the failure of a blocking check, which makes it end as FAILURE after all. Returns how many entries the log has got.
create function assetry.record_rest(
  the_run_id text, seq bigint, moment timestamptz, the_step_key text, the_attempt integer, duration double precision,
  materializations json, rest json
) returns bigint language plpgsql as $$
declare
  first_seq bigint := seq;
  failure json := rest -> 'failure';
  the_asset_key text;
begin
  seq := seq + assetry.add_observations(the_run_id, seq, moment, the_step_key, the_attempt, rest -> 'observations');
  seq := seq + assetry.add_checks(the_run_id, seq, moment, the_step_key, the_attempt, rest -> 'checks');
  if failure is not null or rest -> 'outputs' is not null then
    update assetry.steps as s set outputs = rest -> 'outputs', error = failure,
        status = case when failure is null then s.status else 'FAILURE' end,
        failures = s.failures + case when failure is null then 0 else 1 end
      where s.run_id = the_run_id and s.step_key = the_step_key;
  end if;
  -- A step that records none of the three ends with an entry of its own.
  if failure is not null or seq = first_seq and coalesce(json_array_length(materializations), 0) = 0 then
    seq := seq + 1;
    insert into assetry.events (run_id, seq, type, time, step_key, asset_key, partition_key, attempt, data)
      select the_run_id, record_rest.seq, case when failure is null then 'STEP_SUCCESS' else 'STEP_FAILURE' end, moment, the_step_key, s.asset_key,
        r.partition_key, the_attempt,
        case when failure is null then json_build_object('durationMs', round(duration), 'metadata', coalesce(rest -> 'metadata', '{}'))
          else json_build_object('error', failure) end
      from assetry.steps as s join assetry.runs as r on r.run_id = s.run_id where s.run_id = the_run_id and s.step_key = the_step_key;
  end if;
  return seq - first_seq;
end $$;

-- Brings what is known of assets and checks level with the observations and evaluations of a run after entry `first_seq`.
create function assetry.note_rest(the_run_id text, first_seq bigint, moment timestamptz) returns void language plpgsql as $$
begin
  -- In the order in which everybody locks them, also those of which note_materialized will be told.
  perform 1 from assetry.asset_statuses as s
    where (s.asset_key, s.partition_key) in (
      select m.asset_key, m.partition_key from assetry.materializations as m where m.run_id = the_run_id and m.seq > first_seq
      union all
      select o.asset_key, o.partition_key from assetry.observations as o where o.run_id = the_run_id and o.seq > first_seq
    )
    order by s.asset_key, s.partition_key for update;
  perform assetry.note_observed(the_run_id, first_seq, moment);
  perform assetry.note_checked(the_run_id, first_seq, moment);
end $$;

-- An observation says how an asset is only where it was never materialized. It says the version of the data where it names one.
create function assetry.note_observed(the_run_id text, first_seq bigint, moment timestamptz) returns void language plpgsql as $$
begin
  insert into assetry.asset_statuses as known (
    asset_key, partition_key, status, last_run_id, updated_at, materialization_count, last_observation_run_id, last_observation_seq, observed_at,
    data_version, data_version_at, data_at
  )
    select distinct on (o.asset_key, o.partition_key) o.asset_key, o.partition_key, 'OBSERVED', the_run_id, moment, 0, the_run_id, o.seq, moment,
      o.data_version, case when o.data_version is not null then moment end, case when o.data_version is not null then moment end
    from assetry.observations as o where o.run_id = the_run_id and o.seq > first_seq
    order by o.asset_key, o.partition_key, o.seq desc
  on conflict (asset_key, partition_key) do update set
    status = case when known.last_materialization_run_id is null and excluded.updated_at >= known.updated_at then excluded.status else known.status end,
    last_run_id = case when known.last_materialization_run_id is null and excluded.updated_at >= known.updated_at
      then excluded.last_run_id else known.last_run_id end,
    updated_at = case when known.last_materialization_run_id is null then greatest(excluded.updated_at, known.updated_at) else known.updated_at end,
    last_observation_run_id = case when excluded.observed_at >= coalesce(known.observed_at, '-infinity')
      then excluded.last_observation_run_id else known.last_observation_run_id end,
    last_observation_seq = case when excluded.observed_at >= coalesce(known.observed_at, '-infinity')
      then excluded.last_observation_seq else known.last_observation_seq end,
    observed_at = greatest(excluded.observed_at, known.observed_at),
    data_version = case when excluded.data_at >= coalesce(known.data_at, '-infinity') then excluded.data_version else known.data_version end,
    data_version_at = case when excluded.data_at >= coalesce(known.data_at, '-infinity') and excluded.data_version is distinct from known.data_version
      then excluded.data_at else known.data_version_at end,
    data_at = greatest(excluded.data_at, known.data_at);
end $$;

create function assetry.note_checked(the_run_id text, first_seq bigint, moment timestamptz) returns void language plpgsql as $$
begin
  insert into assetry.check_statuses as known (asset_key, check_name, updated_at, last_run_id, last_seq)
    select c.asset_key, c.check_name, moment, the_run_id, max(c.seq)
    from assetry.check_evaluations as c where c.run_id = the_run_id and c.seq > first_seq
    group by c.asset_key, c.check_name order by c.asset_key, c.check_name
  on conflict (asset_key, check_name) do update set updated_at = excluded.updated_at, last_run_id = excluded.last_run_id, last_seq = excluded.last_seq
    where excluded.updated_at >= known.updated_at;
end $$;

-- Records an event from outside of every run. Returns its number, whether this call made it, and the hash of what was reported under the key.
create function assetry.record_report(report json, the_key text, the_call text, the_hash text) returns json language plpgsql as $$
declare
  known assetry.reports%rowtype;
  log text;
  moment timestamptz := clock_timestamp();
begin
  insert into assetry.reports (key, call, hash) values (the_key, the_call, the_hash) on conflict do nothing returning * into known;
  if not found then
    select * into strict known from assetry.reports where key = the_key;
    return json_build_object('id', known.event, 'created', known.call = the_call, 'hash', known.hash);
  end if;
  log := 'report:' || known.number;
  if report ->> 'kind' = 'materialization' then
    perform assetry.add_materializations(log, 0, moment, '', 0, null, json_build_array(report));
    perform assetry.note_materialized(log, 0, moment);
    select m.number into strict known.event from assetry.materializations as m where m.run_id = log;
  elsif report ->> 'kind' = 'observation' then
    perform assetry.add_observations(log, 0, moment, '', 0, json_build_array(report));
    perform assetry.note_observed(log, 0, moment);
    select o.number into strict known.event from assetry.observations as o where o.run_id = log;
  else
    perform assetry.add_checks(log, 0, moment, '', 0, json_build_array(report));
    perform assetry.note_checked(log, 0, moment);
    select c.number into strict known.event from assetry.check_evaluations as c where c.run_id = log;
  end if;
  update assetry.reports set event = known.event where key = the_key;
  return json_build_object('id', known.event, 'created', true, 'hash', the_hash);
end $$;
