-- Backfills: many partitions of many assets, cut into runs of many partitions each; steps that carry several partitions; and how many
-- partitions of an asset stand how, kept on write.

create table assetry.backfills (
  -- Number in order of creation: what lists are paged by.
  number bigint generated always as identity,
  backfill_id text primary key,
  -- QUEUED, STARTED, PAUSED, CANCELING, SUCCESS, FAILURE, CANCELED.
  status text not null,
  code_location text not null,
  snapshot_hash text not null,
  job_name text,
  selection text not null,
  run_config json not null,
  tags jsonb not null,
  -- Its stages: which assets, in which partitions, after which others.
  plan json not null,
  -- By stage: where to go on cutting runs. Who cuts one says which number he read.
  cursors json not null,
  cuts bigint not null default 0,
  -- Steps at a time.
  concurrency integer not null,
  priority integer,
  -- Most partitions of a step; null for about a second of work.
  per_step integer,
  -- Whether partitions whose upstream failed are made all the same.
  continues boolean not null,
  idempotency_key text unique,
  request_hash text,
  created_at timestamptz(3) not null,
  started_at timestamptz(3),
  ended_at timestamptz(3),
  end_reason text
) with (fillfactor = 70);
create unique index backfills_number on assetry.backfills (number);
create index backfills_open on assetry.backfills (number) where status in ('QUEUED', 'STARTED', 'PAUSED', 'CANCELING');

-- How far a backfill is with an asset, counted in the transactions that record it.
create table assetry.backfill_assets (
  backfill_id text not null,
  asset_key text not null,
  -- Order in the plan.
  place integer not null,
  targeted bigint not null,
  -- Part of a run that has been cut.
  requested bigint not null default 0,
  materialized bigint not null default 0,
  failed bigint not null default 0,
  -- Left out because a partition that it needs failed.
  skipped bigint not null default 0,
  primary key (backfill_id, asset_key)
) with (fillfactor = 50);

-- Partitions that a step did not make.
create table assetry.partition_failures (
  -- The backfill, in the name of a run, for what was left out before a run was cut.
  run_id text not null,
  step_key text not null,
  asset_key text not null,
  partition_key text not null,
  backfill_id text,
  -- FAILED, SKIPPED, or CHECK: it was made, and a blocking check of it did not pass.
  kind text not null,
  error json,
  -- SKIPPED: the asset on whose account.
  because text,
  time timestamptz(3) not null,
  primary key (run_id, step_key, asset_key, partition_key)
);
create index partition_failures_backfill on assetry.partition_failures (backfill_id, asset_key, partition_key) where backfill_id is not null;

alter table assetry.runs
  add column backfill_id text,
  -- Ranges of partitions; null for a run of one or none.
  add column partitions json,
  -- Of a backfill: what was cut for it.
  add column cut json,
  -- Of a backfill: whether everything that it was to make is accounted for.
  add column settled boolean not null default false;
create index runs_backfill on assetry.runs (backfill_id, number) where backfill_id is not null;
create index runs_unsettled on assetry.runs (backfill_id) where backfill_id is not null and not settled;

-- Partitions that a step carries.
alter table assetry.steps add column partitions json;

-- How many partitions of an asset stand how.
create table assetry.partition_counts (
  asset_key text not null,
  status text not null,
  count bigint not null,
  primary key (asset_key, status)
) with (fillfactor = 50);
insert into assetry.partition_counts (asset_key, status, count)
  select asset_key, status, count(*) from assetry.asset_statuses where partition_key <> '' group by asset_key, status;

create function assetry.count_new_partitions() returns trigger language plpgsql as $$
begin
  if not exists (select from after where partition_key <> '') then return null; end if;
  insert into assetry.partition_counts as known (asset_key, status, count)
    select asset_key, status, count(*) from after where partition_key <> '' group by asset_key, status order by asset_key, status
  on conflict (asset_key, status) do update set count = known.count + excluded.count;
  return null;
end $$;

create function assetry.count_changed_partitions() returns trigger language plpgsql as $$
begin
  if not exists (
    select from after join before using (asset_key, partition_key) where after.status <> before.status and partition_key <> ''
  ) then return null; end if;
  insert into assetry.partition_counts as known (asset_key, status, count)
    select asset_key, status, sum(change) from (
      select asset_key, status, 1 as change from after where partition_key <> ''
      union all
      select asset_key, status, -1 from before where partition_key <> ''
    ) as changes group by asset_key, status having sum(change) <> 0 order by asset_key, status
  on conflict (asset_key, status) do update set count = known.count + excluded.count;
  return null;
end $$;

create trigger count_new_partitions after insert on assetry.asset_statuses
  referencing new table as after for each statement execute function assetry.count_new_partitions();
create trigger count_changed_partitions after update on assetry.asset_statuses
  referencing old table as before new table as after for each statement execute function assetry.count_changed_partitions();

-- Counts for its backfill what a run has materialized after entry `first_seq`.
create function assetry.note_backfill(the_backfill_id text, the_run_id text, first_seq bigint) returns void language plpgsql as $$
begin
  perform 1 from assetry.backfill_assets where backfill_id = the_backfill_id order by asset_key for update;
  update assetry.backfill_assets as b set materialized = b.materialized + made.count
    from (
      select asset_key, count(*) as count from assetry.materializations where run_id = the_run_id and seq > first_seq group by asset_key
    ) as made
    where b.backfill_id = the_backfill_id and b.asset_key = made.asset_key;
end $$;

-- Records partitions that were not made, each once, and counts them for their backfill. Returns how many were new.
create function assetry.add_partition_failures(the_backfill_id text, the_run_id text, the_step_key text, moment timestamptz, failures json)
returns bigint language plpgsql as $$
declare
  added bigint;
begin
  if json_array_length(failures) = 0 then return 0; end if;
  if the_backfill_id is not null then
    perform 1 from assetry.backfill_assets where backfill_id = the_backfill_id order by asset_key for update;
  end if;
  with inserted as (
    insert into assetry.partition_failures (run_id, step_key, asset_key, partition_key, backfill_id, kind, error, because, time)
      select the_run_id, the_step_key, f."assetKey", f."partitionKey", the_backfill_id, f.kind, f.error, f.because, moment
      from json_to_recordset(failures) as f("assetKey" text, "partitionKey" text, kind text, error json, because text)
    on conflict do nothing returning asset_key, kind
  ), counted as (
    update assetry.backfill_assets as b set failed = b.failed + i.failed, skipped = b.skipped + i.skipped
      from (
        select asset_key, count(*) filter (where kind = 'FAILED') as failed, count(*) filter (where kind = 'SKIPPED') as skipped
        from inserted group by asset_key
      ) as i
      where b.backfill_id = the_backfill_id and b.asset_key = i.asset_key
  )
  select count(*) into added from inserted;
  return added;
end $$;

-- A blocking check in a step did not pass: what it made is there, and nothing is made from it.
create function assetry.note_check_failure(
  the_backfill_id text, the_run_id text, the_step_key text, moment timestamptz, made json, rest json
) returns void language plpgsql as $$
begin
  perform assetry.add_partition_failures(the_backfill_id, the_run_id, the_step_key, moment, coalesce((
    select json_agg(json_build_object('assetKey', key, 'partitionKey', partition, 'kind', 'CHECK', 'error', rest -> 'failure'))
    from (
      select distinct "assetKey", coalesce("partitionKey", '')
      from json_to_recordset(coalesce(nullif(made::text, '[]')::json, rest -> 'checks')) as m("assetKey" text, "partitionKey" text)
    ) as about(key, partition)
  ), '[]'));
end $$;

create or replace function assetry.create_run(run json, plan json) returns json language plpgsql as $$
declare
  the_run_id text := run ->> 'runId';
  created_at timestamptz := clock_timestamp();
  existing text;
begin
  insert into assetry.runs (
    run_id, status, code_location, snapshot_hash, job_name, selection, asset_keys, step_count, run_config, tags,
    partition_key, idempotency_key, request_hash, created_at, last_seq, backfill_id, partitions, cut
  ) values (
    the_run_id, 'QUEUED', run ->> 'codeLocation', run ->> 'snapshotHash', run ->> 'jobName', run ->> 'selection',
    array(select json_array_elements_text(run -> 'assetKeys')), (run ->> 'stepCount')::integer, run -> 'runConfig',
    (run -> 'tags')::jsonb, coalesce(run ->> 'partitionKey', ''), run ->> 'idempotencyKey', run ->> 'requestHash', created_at, 1,
    run ->> 'backfillId', run -> 'partitions', run -> 'cut'
  ) on conflict do nothing;
  if found then
    insert into assetry.plan_chunks (run_id, first, steps)
      select the_run_id, (chunk ->> 'first')::integer, chunk -> 'steps' from json_array_elements(plan) as chunk;
    insert into assetry.events (run_id, seq, type, time, partition_key, data)
      values (the_run_id, 1, 'RUN_QUEUED', created_at, coalesce(run ->> 'partitionKey', ''), '{}');
    return json_build_object('runId', the_run_id, 'created', true);
  end if;
  -- The same run again is this very call repeated, and gets the same answer.
  perform 1 from assetry.runs where run_id = the_run_id;
  if found then return json_build_object('runId', the_run_id, 'created', true); end if;
  select run_id into strict existing from assetry.runs where idempotency_key = run ->> 'idempotencyKey';
  return json_build_object('runId', existing, 'created', false);
end $$;

create or replace function assetry.start_steps(the_run_id text, starts json) returns json language plpgsql as $$
declare
  run_status text;
  seq bigint;
  first_seq bigint;
  moment timestamptz;
  start record;
  step assetry.steps%rowtype;
  claims json[] := '{}';
begin
  select status, last_seq into run_status, seq from assetry.runs where run_id = the_run_id for update;
  if not found then return null; end if;
  first_seq := seq;
  moment := clock_timestamp();
  for start in
    select * from json_to_recordset(starts) as s(
      "stepKey" text, kind text, "assetKey" text, "assetKeys" text[], attempt integer, worker text, claim text, first boolean, partitions json
    )
  loop
    select * into step from assetry.steps where run_id = the_run_id and step_key = start."stepKey";
    if step.status in ('SUCCESS', 'FAILURE', 'SKIPPED', 'CANCELED') then
      claims := claims || json_build_object('kind', 'ended', 'status', step.status, 'error', step.error, 'outputs', step.outputs);
      continue;
    elsif run_status in ('SUCCESS', 'FAILURE', 'CANCELED') then
      claims := claims || json_build_object('kind', 'ended', 'status', 'CANCELED', 'error', null, 'outputs', null);
      continue;
    elsif step.status = 'STARTED' and step.claim = start.claim then
      claims := claims || json_build_object('kind', 'claimed', 'fence', step.fence, 'failures', step.failures, 'losses', step.losses);
      continue;
    elsif step.run_id is not null and start.first then
      -- The first attempt of all claims late. Another one has begun meanwhile, which must not lose the step to the older.
      claims := claims || json_build_object('kind', 'taken');
      continue;
    end if;
    if step.run_id is null then
      insert into assetry.steps (run_id, step_key, kind, asset_key, asset_keys, status, attempt, fence, claim, worker, started_at, partitions)
        values (the_run_id, start."stepKey", start.kind, start."assetKey", start."assetKeys", 'STARTED', start.attempt, 1,
          start.claim, start.worker, moment, start.partitions);
      claims := claims || json_build_object('kind', 'claimed', 'fence', 1, 'failures', 0, 'losses', 0);
    else
      if step.status = 'STARTED' then
        seq := seq + 1;
        step.losses := step.losses + 1;
        insert into assetry.events (run_id, seq, type, time, step_key, asset_key, attempt, data)
          values (the_run_id, seq, 'STEP_WORKER_LOST', moment, step.step_key, step.asset_key, step.attempt,
            json_build_object('worker', step.worker, 'losses', step.losses));
      end if;
      update assetry.steps set status = 'STARTED', attempt = start.attempt, fence = step.fence + 1, claim = start.claim,
          losses = step.losses, worker = start.worker, started_at = moment, ended_at = null
        where run_id = the_run_id and step_key = start."stepKey";
      claims := claims || json_build_object('kind', 'claimed', 'fence', step.fence + 1, 'failures', step.failures, 'losses', step.losses);
    end if;
    seq := seq + 1;
    insert into assetry.events (run_id, seq, type, time, step_key, asset_key, attempt, data)
      values (the_run_id, seq, 'STEP_START', moment, start."stepKey", start."assetKey", start.attempt, json_build_object('worker', start.worker));
  end loop;
  if seq > first_seq then update assetry.runs set last_seq = seq where run_id = the_run_id; end if;
  return array_to_json(claims);
end $$;

create or replace function assetry.succeed_steps(the_run_id text, successes json) returns json language plpgsql as $$
declare
  seq bigint;
  the_backfill_id text;
  first_seq bigint;
  moment timestamptz;
  success record;
  step record;
  duration double precision;
  has_rest boolean := false;
  recorded boolean[] := '{}';
begin
  select last_seq, backfill_id into seq, the_backfill_id from assetry.runs where run_id = the_run_id for update;
  if not found then return null; end if;
  first_seq := seq;
  moment := clock_timestamp();
  for success in
    select * from json_to_recordset(successes) as s("stepKey" text, fence integer, materializations json, rest json)
  loop
    update assetry.steps as s set status = 'SUCCESS', ended_at = moment, error = null
      where s.run_id = the_run_id and s.step_key = success."stepKey" and s.fence = success.fence and s.status = 'STARTED'
      returning s.attempt, s.started_at into step;
    if not found then
      -- The same record once more, after its answer was lost, is no harm.
      perform 1 from assetry.steps as s
        where s.run_id = the_run_id and s.step_key = success."stepKey" and s.fence = success.fence
          and s.status = case when success.rest -> 'failure' is null then 'SUCCESS' else 'FAILURE' end;
      recorded := recorded || found;
      continue;
    end if;
    duration := extract(epoch from moment - step.started_at) * 1000;
    seq := seq + assetry.add_materializations(the_run_id, seq, moment, success."stepKey", step.attempt, duration, success.materializations);
    if success.rest is not null then
      seq := seq + assetry.record_rest(the_run_id, seq, moment, success."stepKey", step.attempt, duration, success.materializations, success.rest);
      has_rest := true;
      if the_backfill_id is not null and success.rest -> 'failure' is not null then
        perform assetry.note_check_failure(the_backfill_id, the_run_id, success."stepKey", moment, success.materializations, success.rest);
      end if;
    end if;
    recorded := recorded || true;
  end loop;
  if seq > first_seq then
    if has_rest then perform assetry.note_rest(the_run_id, first_seq, moment); end if;
    perform assetry.note_materialized(the_run_id, first_seq, moment);
    if the_backfill_id is not null then perform assetry.note_backfill(the_backfill_id, the_run_id, first_seq); end if;
    update assetry.runs set last_seq = seq where run_id = the_run_id;
  end if;
  return array_to_json(recorded);
end $$;

create or replace function assetry.complete_steps(the_run_id text, completions json) returns json language plpgsql as $$
declare
  run_status text;
  seq bigint;
  the_backfill_id text;
  first_seq bigint;
  moment timestamptz;
  began timestamptz;
  done record;
  has_rest boolean := false;
  recorded boolean[] := '{}';
begin
  select status, last_seq, backfill_id into run_status, seq, the_backfill_id from assetry.runs where run_id = the_run_id for update;
  if not found then return null; end if;
  first_seq := seq;
  moment := clock_timestamp();
  for done in
    select * from json_to_recordset(completions) as s(
      "stepKey" text, kind text, "assetKey" text, "assetKeys" text[], attempt integer, worker text, claim text,
      "durationMs" double precision, materializations json, rest json, partitions json
    )
  loop
    began := moment - done."durationMs" * interval '1 millisecond';
    if run_status not in ('SUCCESS', 'FAILURE', 'CANCELED') then
      insert into assetry.steps (run_id, step_key, kind, asset_key, asset_keys, status, attempt, fence, claim, worker, started_at, ended_at, partitions)
        values (the_run_id, done."stepKey", done.kind, done."assetKey", done."assetKeys", 'SUCCESS', done.attempt, 1,
          done.claim, done.worker, began, moment, done.partitions)
        on conflict do nothing;
    end if;
    if run_status in ('SUCCESS', 'FAILURE', 'CANCELED') or not found then
      -- The same record once more, after its answer was lost, is no harm.
      perform 1 from assetry.steps as s
        where s.run_id = the_run_id and s.step_key = done."stepKey" and s.claim = done.claim
          and s.status = case when done.rest -> 'failure' is null then 'SUCCESS' else 'FAILURE' end;
      recorded := recorded || found;
      continue;
    end if;
    seq := seq + 1;
    insert into assetry.events (run_id, seq, type, time, step_key, asset_key, attempt, data)
      values (the_run_id, seq, 'STEP_START', began, done."stepKey", done."assetKey", done.attempt, json_build_object('worker', done.worker));
    seq := seq + assetry.add_materializations(
      the_run_id, seq, moment, done."stepKey", done.attempt, done."durationMs", done.materializations
    );
    if done.rest is not null then
      seq := seq + assetry.record_rest(
        the_run_id, seq, moment, done."stepKey", done.attempt, done."durationMs", done.materializations, done.rest
      );
      has_rest := true;
      if the_backfill_id is not null and done.rest -> 'failure' is not null then
        perform assetry.note_check_failure(the_backfill_id, the_run_id, done."stepKey", moment, done.materializations, done.rest);
      end if;
    end if;
    recorded := recorded || true;
  end loop;
  if seq > first_seq then
    if has_rest then perform assetry.note_rest(the_run_id, first_seq, moment); end if;
    perform assetry.note_materialized(the_run_id, first_seq, moment);
    if the_backfill_id is not null then perform assetry.note_backfill(the_backfill_id, the_run_id, first_seq); end if;
    update assetry.runs set last_seq = seq where run_id = the_run_id;
  end if;
  return array_to_json(recorded);
end $$;

create or replace function assetry.leave_step(
  the_run_id text, the_step_key text, the_fence integer, target text, event_type text, event_data json, failure json,
  the_partition_key text
) returns boolean language plpgsql as $$
declare
  seq bigint;
  of_run text;
  the_backfill_id text;
  moment timestamptz;
  step record;
begin
  select last_seq, partition_key, backfill_id into seq, of_run, the_backfill_id from assetry.runs where run_id = the_run_id for update;
  if not found then return null; end if;
  the_partition_key := coalesce(the_partition_key, of_run);
  moment := clock_timestamp();
  update assetry.steps as s set status = target,
      failures = s.failures + case when failure is null then 0 else 1 end,
      error = coalesce(failure, s.error),
      ended_at = case when target = 'UP_FOR_RETRY' then null else moment end
    where s.run_id = the_run_id and s.step_key = the_step_key and s.fence = the_fence and s.status = 'STARTED'
    returning s.attempt, s.kind, s.asset_key, s.asset_keys, s.partitions into step;
  if not found then
    perform 1 from assetry.steps as s
      where s.run_id = the_run_id and s.step_key = the_step_key and s.fence = the_fence and s.status = target;
    return found;
  end if;
  insert into assetry.events (run_id, seq, type, time, step_key, asset_key, partition_key, attempt, data)
    values (the_run_id, seq + 1, event_type, moment, the_step_key, step.asset_key, the_partition_key, step.attempt, event_data);
  -- A check that could not be carried out says nothing of its asset's data; a failing look at an asset only where looks are all there is.
  if target = 'FAILURE' and step.kind is distinct from 'check' then
    insert into assetry.asset_statuses as known (asset_key, partition_key, status, last_run_id, updated_at, materialization_count)
      select key, the_partition_key, 'FAILED', the_run_id, moment, 0
      from unnest(coalesce(step.asset_keys, array[step.asset_key])) as key where key is not null order by key
    on conflict (asset_key, partition_key) do update set status = excluded.status, last_run_id = excluded.last_run_id, updated_at = excluded.updated_at
      where excluded.updated_at >= known.updated_at and (step.kind is distinct from 'observe' or known.last_materialization_run_id is null);
    if the_backfill_id is not null or step.partitions is not null then
      perform assetry.add_partition_failures(the_backfill_id, the_run_id, the_step_key, moment, (
        select json_agg(json_build_object('assetKey', key, 'partitionKey', the_partition_key, 'kind', 'FAILED', 'error', failure))
        from unnest(coalesce(step.asset_keys, array[step.asset_key])) as key where key is not null
      ));
    end if;
  end if;
  update assetry.runs set last_seq = seq + 1 where run_id = the_run_id;
  return true;
end $$;

-- Records what a step of many partitions has come to with some of them: materializations, checks, failures. Returns false where another
-- attempt has taken over or the run has ended; null where there is no such run. What is recorded already is left as it is.
create function assetry.record_partitions(the_run_id text, the_step_key text, the_fence integer, given json) returns boolean language plpgsql as $$
declare
  newest bigint;
  first_seq bigint;
  the_backfill_id text;
  moment timestamptz;
  step record;
  has_checks boolean := false;
  failures json;
begin
  select last_seq, backfill_id into newest, the_backfill_id from assetry.runs where run_id = the_run_id for update;
  if not found then return null; end if;
  first_seq := newest;
  moment := clock_timestamp();
  select s.attempt, s.asset_key, s.kind into step from assetry.steps as s
    where s.run_id = the_run_id and s.step_key = the_step_key and s.fence = the_fence and s.status = 'STARTED';
  if not found then return false; end if;
  -- The same statement once more, after its answer was lost, is no harm.
  insert into assetry.materializations (
    run_id, seq, time, step_key, attempt, duration_ms, asset_key, partition_key, metadata, tags, code_version, data_version, input_versions
  )
    select the_run_id, first_seq + row_number() over (order by m.position), moment, the_step_key, step.attempt, round(duration), asset_key,
      partition_key, metadata, tags, code_version, data_version, input_versions
    from rows from (json_to_recordset(given -> 'materializations') as (
      "assetKey" text, "partitionKey" text, metadata json, tags json, "codeVersion" text, "dataVersion" text, "inputVersions" json,
      "durationMs" double precision
    )) with ordinality as m(asset_key, partition_key, metadata, tags, code_version, data_version, input_versions, duration, position)
    where not exists (
      select from assetry.materializations as k
      where k.run_id = the_run_id and k.step_key = the_step_key and k.asset_key = m.asset_key and k.partition_key = m.partition_key
    );
  select coalesce(max(m.seq), first_seq) into newest from assetry.materializations as m where m.run_id = the_run_id and m.seq > first_seq;
  if json_array_length(given -> 'checks') > 0 then
    has_checks := true;
    newest := newest + assetry.add_checks(the_run_id, newest, moment, the_step_key, step.attempt, given -> 'checks');
  end if;
  failures := given -> 'failures';
  if json_array_length(failures) > 0 then
    insert into assetry.events (run_id, seq, type, time, step_key, asset_key, partition_key, attempt, data)
      select the_run_id, newest + row_number() over (order by f.position),
        case f.kind when 'SKIPPED' then 'STEP_SKIPPED' else 'STEP_FAILURE' end, moment, the_step_key, f.asset_key, f.partition_key, step.attempt,
        case f.kind when 'SKIPPED' then json_build_object('because', f.because, 'why', 'failed') else json_build_object('error', f.error) end
      from rows from (json_to_recordset(failures) as ("assetKey" text, "partitionKey" text, kind text, error json, because text))
        with ordinality as f(asset_key, partition_key, kind, error, because, position)
      where not exists (
        select from assetry.partition_failures as k
        where k.run_id = the_run_id and k.step_key = the_step_key and k.asset_key = f.asset_key and k.partition_key = f.partition_key
      );
    select greatest(newest, coalesce(max(e.seq), 0)) into newest from assetry.events as e where e.run_id = the_run_id and e.seq > first_seq;
    if step.kind is distinct from 'check' then
      insert into assetry.asset_statuses as known (asset_key, partition_key, status, last_run_id, updated_at, materialization_count)
        select f."assetKey", f."partitionKey", 'FAILED', the_run_id, moment, 0
        from json_to_recordset(failures) as f("assetKey" text, "partitionKey" text, kind text) where f.kind = 'FAILED'
        order by f."assetKey", f."partitionKey"
      on conflict (asset_key, partition_key) do update set status = excluded.status, last_run_id = excluded.last_run_id, updated_at = excluded.updated_at
        where excluded.updated_at >= known.updated_at;
    end if;
  end if;
  if has_checks then perform assetry.note_rest(the_run_id, first_seq, moment); end if;
  perform assetry.note_materialized(the_run_id, first_seq, moment);
  if the_backfill_id is not null then perform assetry.note_backfill(the_backfill_id, the_run_id, first_seq); end if;
  if json_array_length(failures) > 0 then
    perform assetry.add_partition_failures(the_backfill_id, the_run_id, the_step_key, moment, failures);
  end if;
  if newest > first_seq then update assetry.runs set last_seq = newest where run_id = the_run_id; end if;
  return true;
end $$;

-- Records a backfill as QUEUED. Where its idempotency key is known, says which one has it.
create function assetry.create_backfill(given json) returns json language plpgsql as $$
declare
  the_backfill_id text := given ->> 'backfillId';
  existing text;
begin
  insert into assetry.backfills (
    backfill_id, status, code_location, snapshot_hash, job_name, selection, run_config, tags, plan, cursors, concurrency, priority, per_step, continues,
    idempotency_key, request_hash, created_at
  ) values (
    the_backfill_id, 'QUEUED', given ->> 'codeLocation', given ->> 'snapshotHash', given ->> 'jobName', given ->> 'selection', given -> 'runConfig',
    (given -> 'tags')::jsonb, given -> 'plan', given -> 'cursors', (given ->> 'concurrency')::integer, (given ->> 'priority')::integer, (given ->> 'partitionsPerStep')::integer,
    (given ->> 'continues')::boolean, given ->> 'idempotencyKey', given ->> 'requestHash', (given ->> 'createdAt')::timestamptz
  ) on conflict do nothing;
  if found then
    insert into assetry.backfill_assets (backfill_id, asset_key, place, targeted)
      select the_backfill_id, a."assetKey", a.place, a.targeted
      from json_to_recordset(given -> 'assets') as a("assetKey" text, place integer, targeted bigint);
    return json_build_object('backfillId', the_backfill_id, 'created', true);
  end if;
  perform 1 from assetry.backfills where backfill_id = the_backfill_id;
  if found then return json_build_object('backfillId', the_backfill_id, 'created', true); end if;
  select backfill_id into strict existing from assetry.backfills where idempotency_key = given ->> 'idempotencyKey';
  return json_build_object('backfillId', existing, 'created', false);
end $$;

-- Moves a backfill to another status where `allowed` holds its present one. Returns the status it has then; null where there is none.
create function assetry.move_backfill(the_backfill_id text, allowed text[], target text, reason text) returns text language plpgsql as $$
declare
  present text;
begin
  select status into present from assetry.backfills where backfill_id = the_backfill_id for update;
  if not found or not present = any (allowed) then return present; end if;
  update assetry.backfills set status = target,
      started_at = case when target = 'STARTED' then coalesce(started_at, clock_timestamp()) else started_at end,
      ended_at = case when target in ('SUCCESS', 'FAILURE', 'CANCELED') then clock_timestamp() end,
      end_reason = reason
    where backfill_id = the_backfill_id;
  return target;
end $$;

-- Cuts a run for a backfill: records it with its plan, moves the stage's cursor, and counts what is requested and what is left out.
-- `the_cuts` is the number of cuts that the caller has read. Without a run only leaves out. False where another one has cut since.
create function assetry.cut_backfill(the_backfill_id text, the_cuts bigint, new_cursors json, run json, plan json, asked json, skips json)
returns boolean language plpgsql as $$
declare
  present bigint;
begin
  select cuts into present from assetry.backfills where backfill_id = the_backfill_id for update;
  if not found then return null; end if;
  if present <> the_cuts then return false; end if;
  update assetry.backfills set cuts = cuts + 1, cursors = new_cursors where backfill_id = the_backfill_id;
  if run is not null then perform assetry.create_run(run, plan); end if;
  perform 1 from assetry.backfill_assets where backfill_id = the_backfill_id order by asset_key for update;
  update assetry.backfill_assets as b set requested = b.requested + r.count
    from json_to_recordset(asked) as r("assetKey" text, count bigint)
    where b.backfill_id = the_backfill_id and b.asset_key = r."assetKey";
  perform assetry.add_partition_failures(the_backfill_id, 'backfill:' || the_backfill_id, '', clock_timestamp(), skips);
  return true;
end $$;

-- Accounts for what a run of a backfill, which has ended, did not come to.
create function assetry.settle_run(the_run_id text, failures json) returns boolean language plpgsql as $$
declare
  the_backfill_id text;
begin
  select backfill_id into the_backfill_id from assetry.runs where run_id = the_run_id for update;
  if not found then return null; end if;
  update assetry.runs set settled = true where run_id = the_run_id and not settled;
  if not found then return true; end if;
  -- Who has read the backfill before this has not seen what failed here.
  update assetry.backfills set cuts = cuts + 1 where backfill_id = the_backfill_id;
  perform assetry.add_partition_failures(the_backfill_id, the_run_id, '', clock_timestamp(), failures);
  return true;
end $$;

-- Puts what failed or was left out back into the plan of a backfill. `the_cuts` is the number of cuts that the caller has read.
create function assetry.retry_backfill(the_backfill_id text, the_cuts bigint, new_plan json, new_cursors json) returns boolean language plpgsql as $$
declare
  present bigint;
begin
  select cuts into present from assetry.backfills where backfill_id = the_backfill_id for update;
  if not found then return null; end if;
  if present <> the_cuts then return false; end if;
  update assetry.backfills set cuts = cuts + 1, plan = new_plan, cursors = new_cursors, ended_at = null, end_reason = null,
      status = case when status in ('SUCCESS', 'FAILURE', 'CANCELED') then 'QUEUED' else status end
    where backfill_id = the_backfill_id;
  -- What failed in a run that is not accounted for yet stays: else it would be recorded as not made once more. What was made and did
  -- not pass its check is made again, too.
  with gone as (
    delete from assetry.partition_failures as f where f.backfill_id = the_backfill_id
      and (f.run_id = 'backfill:' || the_backfill_id or exists (select from assetry.runs as r where r.run_id = f.run_id and r.settled))
    returning f.asset_key, f.partition_key, f.kind
  ), counted as (
    select asset_key, count(*) filter (where kind = 'FAILED') as failed, count(*) filter (where kind = 'SKIPPED') as skipped,
      count(distinct partition_key) filter (where kind = 'CHECK') as checked
    from gone group by asset_key
  )
  update assetry.backfill_assets as b
    set requested = b.requested - c.failed - c.skipped - c.checked, materialized = b.materialized - c.checked,
      failed = b.failed - c.failed, skipped = b.skipped - c.skipped
    from counted as c where b.backfill_id = the_backfill_id and b.asset_key = c.asset_key;
  return true;
end $$;

create function assetry.set_backfill_concurrency(the_backfill_id text, steps integer) returns boolean language plpgsql as $$
begin
  update assetry.backfills set concurrency = steps where backfill_id = the_backfill_id;
  return found;
end $$;
