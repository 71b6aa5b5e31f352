-- Everything that appends to a run's log, one function each, so that one call is one statement and one transaction, and
-- its plan is kept by the session. Each begins by locking the run's row: writers of one run go one after another, and
-- every query after the lock sees what the writer before it committed.
-- Lock order everywhere: the run, then asset_statuses in order of key.

create function assetry.create_run(run json, plan json) returns json language plpgsql as $$
declare
  the_run_id text := run ->> 'runId';
  created_at timestamptz := clock_timestamp();
  existing text;
begin
  insert into assetry.runs (
    run_id, status, code_location, snapshot_hash, job_name, selection, asset_keys, step_count, run_config, tags,
    partition_key, idempotency_key, request_hash, created_at, last_seq
  ) values (
    the_run_id, 'QUEUED', run ->> 'codeLocation', run ->> 'snapshotHash', run ->> 'jobName', run ->> 'selection',
    array(select json_array_elements_text(run -> 'assetKeys')), (run ->> 'stepCount')::integer, run -> 'runConfig',
    (run -> 'tags')::jsonb, coalesce(run ->> 'partitionKey', ''), run ->> 'idempotencyKey', run ->> 'requestHash', created_at, 1
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

-- Moves an open run to another status where `allowed` holds its present one. Returns the status it has then; null where there is no such run.
create function assetry.move_run(the_run_id text, allowed text[], target text) returns text language plpgsql as $$
declare
  present text;
  seq bigint;
  moment timestamptz;
begin
  select status, last_seq into present, seq from assetry.runs where run_id = the_run_id for update;
  if not found or not present = any (allowed) then return present; end if;
  moment := clock_timestamp();
  update assetry.runs set status = target, last_seq = seq + 1,
      started_at = case when target = 'STARTED' then moment else started_at end
    where run_id = the_run_id;
  insert into assetry.events (run_id, seq, type, time, data) values (the_run_id, seq + 1, 'RUN_' || target, moment, '{}');
  return target;
end $$;

create function assetry.end_run(the_run_id text, target text, reason text, skipped json) returns boolean language plpgsql as $$
declare
  present text;
  seq bigint;
  added bigint;
  moment timestamptz;
  some_unplaced boolean;
begin
  select status, last_seq into present, seq from assetry.runs where run_id = the_run_id for update;
  if not found then return null; end if;
  if present in ('SUCCESS', 'FAILURE', 'CANCELED') then return false; end if;
  moment := clock_timestamp();
  if json_array_length(skipped) > 0 then
    -- The plan is read only for steps that come without an asset: those of mapped ops don't stand in it.
    select exists (select from json_array_elements(skipped) as skip where skip ->> 'assetKey' is null) into some_unplaced;
    with skips as (
      select skip.key, skip.because, skip.why, coalesce(skip.asset, planned.asset) as asset
      from rows from (
        json_to_recordset(skipped) as ("stepKey" text, "assetKey" text, because text, why text)
      ) with ordinality as skip(key, asset, because, why, position)
      left join (
        select step ->> 'key' as key, step ->> 'asset' as asset
        from assetry.plan_chunks, json_array_elements(steps) as step where run_id = the_run_id and some_unplaced
      ) as planned using (key)
      order by skip.position
    ), inserted as (
      insert into assetry.steps (run_id, step_key, asset_key, status, attempt, fence, ended_at, because, why)
      select the_run_id, key, asset, 'SKIPPED', 0, 1, moment, because, why from skips
      on conflict do nothing returning step_key, asset_key, because, why
    )
    insert into assetry.events (run_id, seq, type, time, step_key, asset_key, data)
      select the_run_id, seq + row_number() over (), 'STEP_SKIPPED', moment, step_key, asset_key,
        json_build_object('because', because, 'why', why) from inserted;
    get diagnostics added = row_count;
    seq := seq + added;
  end if;
  with canceled as (
    update assetry.steps set status = 'CANCELED', fence = fence + 1, ended_at = moment
    where run_id = the_run_id and status in ('STARTED', 'UP_FOR_RETRY')
    returning step_key, asset_key, attempt
  )
  insert into assetry.events (run_id, seq, type, time, step_key, asset_key, attempt, data)
    select the_run_id, seq + row_number() over (), 'STEP_CANCELED', moment, step_key, asset_key, attempt, '{}' from canceled;
  get diagnostics added = row_count;
  seq := seq + added + 1;
  insert into assetry.events (run_id, seq, type, time, data)
    values (the_run_id, seq, 'RUN_' || target, moment, json_build_object('reason', reason));
  update assetry.runs set status = target, ended_at = moment, end_reason = reason, last_seq = seq where run_id = the_run_id;
  return true;
end $$;

-- Claims steps for attempts. Returns a claim for each start, in their order; null where there is no such run.
create function assetry.start_steps(the_run_id text, starts json) returns json language plpgsql as $$
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
      "stepKey" text, kind text, "assetKey" text, "assetKeys" text[], attempt integer, worker text, claim text, first boolean
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
      insert into assetry.steps (run_id, step_key, kind, asset_key, asset_keys, status, attempt, fence, claim, worker, started_at)
        values (the_run_id, start."stepKey", start.kind, start."assetKey", start."assetKeys", 'STARTED', start.attempt, 1,
          start.claim, start.worker, moment);
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

-- Appends the materializations of a step to its run's log, after entry `seq`. Returns how many there are.
create function assetry.add_materializations(
  the_run_id text, seq bigint, moment timestamptz, the_step_key text, the_attempt integer, duration double precision, given json
) returns bigint language plpgsql as $$
declare
  added bigint;
begin
  insert into assetry.materializations (
    run_id, seq, time, step_key, attempt, duration_ms, asset_key, partition_key, metadata, tags, code_version, data_version,
    input_versions
  )
    select the_run_id, seq + position, moment, the_step_key, the_attempt,
      round(duration), asset_key, coalesce(partition_key, ''), metadata, tags, code_version, data_version, input_versions
    from rows from (json_to_recordset(given) as (
      "assetKey" text, "partitionKey" text, metadata json, tags json, "codeVersion" text, "dataVersion" text, "inputVersions" json
    )) with ordinality as m(asset_key, partition_key, metadata, tags, code_version, data_version, input_versions, position);
  get diagnostics added = row_count;
  return added;
end $$;

-- Brings the latest status of assets level with the materializations of a run after entry `first_seq`.
create function assetry.note_materialized(the_run_id text, first_seq bigint, moment timestamptz) returns void language plpgsql as $$
begin
  insert into assetry.asset_statuses as known (
    asset_key, partition_key, status, last_run_id, updated_at, last_materialization_run_id, last_materialization_seq, materialization_count,
    data_version, data_version_at, data_at
  )
    select m.asset_key, m.partition_key, 'MATERIALIZED', the_run_id, moment, the_run_id, max(m.seq), count(*),
      (array_agg(m.data_version order by m.seq desc))[1], moment, moment
    from assetry.materializations as m where m.run_id = the_run_id and m.seq > first_seq
    group by m.asset_key, m.partition_key order by m.asset_key, m.partition_key
  on conflict (asset_key, partition_key) do update set
    materialization_count = known.materialization_count + excluded.materialization_count,
    status = case when excluded.updated_at >= known.updated_at then excluded.status else known.status end,
    last_run_id = case when excluded.updated_at >= known.updated_at then excluded.last_run_id else known.last_run_id end,
    last_materialization_run_id = case when excluded.updated_at >= known.updated_at or known.last_materialization_run_id is null
      then excluded.last_materialization_run_id else known.last_materialization_run_id end,
    last_materialization_seq = case when excluded.updated_at >= known.updated_at or known.last_materialization_run_id is null
      then excluded.last_materialization_seq else known.last_materialization_seq end,
    updated_at = greatest(excluded.updated_at, known.updated_at),
    -- What is newer, a materialization or an observation, says the version of the data. The same version again is no change; no
    -- version is not known to be the same.
    data_version = case when excluded.data_at >= coalesce(known.data_at, '-infinity') then excluded.data_version else known.data_version end,
    data_version_at = case when excluded.data_at >= coalesce(known.data_at, '-infinity')
      and (excluded.data_version is null or excluded.data_version is distinct from known.data_version)
      then excluded.data_at else known.data_version_at end,
    data_at = greatest(excluded.data_at, known.data_at);
end $$;

-- Ends steps as SUCCESS with their materializations, and with what else they record (`rest`: see record_rest). Returns for each whether it is recorded, in their order: false
-- where another attempt has taken over or the run has ended. Null where there is no such run.
create function assetry.succeed_steps(the_run_id text, successes json) returns json language plpgsql as $$
declare
  seq bigint;
  first_seq bigint;
  moment timestamptz;
  success record;
  step record;
  duration double precision;
  has_rest boolean := false;
  recorded boolean[] := '{}';
begin
  select last_seq into seq from assetry.runs where run_id = the_run_id for update;
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
    end if;
    recorded := recorded || true;
  end loop;
  if seq > first_seq then
    if has_rest then perform assetry.note_rest(the_run_id, first_seq, moment); end if;
    perform assetry.note_materialized(the_run_id, first_seq, moment);
    update assetry.runs set last_seq = seq where run_id = the_run_id;
  end if;
  return array_to_json(recorded);
end $$;

-- Claims steps and ends them as SUCCESS in one: for first attempts that were over before they were claimed. Returns for
-- each whether it is recorded, in their order: false where the step has a record already or the run has ended. Null where
-- there is no such run.
create function assetry.complete_steps(the_run_id text, completions json) returns json language plpgsql as $$
declare
  run_status text;
  seq bigint;
  first_seq bigint;
  moment timestamptz;
  began timestamptz;
  done record;
  has_rest boolean := false;
  recorded boolean[] := '{}';
begin
  select status, last_seq into run_status, seq from assetry.runs where run_id = the_run_id for update;
  if not found then return null; end if;
  first_seq := seq;
  moment := clock_timestamp();
  for done in
    select * from json_to_recordset(completions) as s(
      "stepKey" text, kind text, "assetKey" text, "assetKeys" text[], attempt integer, worker text, claim text,
      "durationMs" double precision, materializations json, rest json
    )
  loop
    began := moment - done."durationMs" * interval '1 millisecond';
    if run_status not in ('SUCCESS', 'FAILURE', 'CANCELED') then
      insert into assetry.steps (run_id, step_key, kind, asset_key, asset_keys, status, attempt, fence, claim, worker, started_at, ended_at)
        values (the_run_id, done."stepKey", done.kind, done."assetKey", done."assetKeys", 'SUCCESS', done.attempt, 1,
          done.claim, done.worker, began, moment)
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
    end if;
    recorded := recorded || true;
  end loop;
  if seq > first_seq then
    if has_rest then perform assetry.note_rest(the_run_id, first_seq, moment); end if;
    perform assetry.note_materialized(the_run_id, first_seq, moment);
    update assetry.runs set last_seq = seq where run_id = the_run_id;
  end if;
  return array_to_json(recorded);
end $$;

-- Ends an attempt other than by success: UP_FOR_RETRY, FAILURE or CANCELED. `failure` is its error, null where it is no failure of user code.
-- Returns whether it is recorded; null where there is no such run.
create function assetry.leave_step(
  the_run_id text, the_step_key text, the_fence integer, target text, event_type text, event_data json, failure json
) returns boolean language plpgsql as $$
declare
  seq bigint;
  the_partition_key text;
  moment timestamptz;
  step record;
begin
  select last_seq, partition_key into seq, the_partition_key from assetry.runs where run_id = the_run_id for update;
  if not found then return null; end if;
  moment := clock_timestamp();
  update assetry.steps as s set status = target,
      failures = s.failures + case when failure is null then 0 else 1 end,
      error = coalesce(failure, s.error),
      ended_at = case when target = 'UP_FOR_RETRY' then null else moment end
    where s.run_id = the_run_id and s.step_key = the_step_key and s.fence = the_fence and s.status = 'STARTED'
    returning s.attempt, s.kind, s.asset_key, s.asset_keys into step;
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
  end if;
  update assetry.runs set last_seq = seq + 1 where run_id = the_run_id;
  return true;
end $$;

-- Appends lines to a step's log, once a call. Null where there is no such run.
create function assetry.append_log(the_run_id text, the_step_key text, the_attempt integer, the_call text, the_lines json)
returns boolean language plpgsql as $$
declare
  seq bigint;
begin
  select last_seq into seq from assetry.runs where run_id = the_run_id for update;
  if not found then return null; end if;
  perform 1 from assetry.log_chunks as c where c.run_id = the_run_id and c.call = the_call;
  if found then return false; end if;
  insert into assetry.log_chunks (run_id, seq, time, step_key, attempt, call, lines)
    values (the_run_id, seq + 1, clock_timestamp(), the_step_key, the_attempt, the_call, the_lines);
  update assetry.runs set last_seq = seq + 1 where run_id = the_run_id;
  return true;
end $$;

create function assetry.register_code_location(location_name text, location_hash text, location_snapshot json) returns void language plpgsql as $$
begin
  insert into assetry.snapshots (hash, snapshot) values (location_hash, location_snapshot) on conflict do nothing;
  insert into assetry.code_locations (name, snapshot_hash, registered_at) values (location_name, location_hash, clock_timestamp())
  on conflict (name) do update set snapshot_hash = excluded.snapshot_hash, registered_at = excluded.registered_at;
end $$;
