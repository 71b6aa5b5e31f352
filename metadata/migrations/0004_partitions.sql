-- A run of a partition may make assets without partitions, too: the failure of one is not that of a partition.

-- Ends an attempt other than by success: UP_FOR_RETRY, FAILURE or CANCELED. `failure` is its error, null where it is no failure
-- of user code. `the_partition_key` is what the step was for, '' where its asset has no partitions; null for what the run is for.
-- Returns whether it is recorded; null where there is no such run.
create function assetry.leave_step(
  the_run_id text, the_step_key text, the_fence integer, target text, event_type text, event_data json, failure json,
  the_partition_key text
) returns boolean language plpgsql as $$
declare
  seq bigint;
  of_run text;
  moment timestamptz;
  step record;
begin
  select last_seq, partition_key into seq, of_run from assetry.runs where run_id = the_run_id for update;
  if not found then return null; end if;
  the_partition_key := coalesce(the_partition_key, of_run);
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
