-- What starts runs: schedules and sensors (an instigator is either), their ticks, and what these asked for. A tick, the cursor after
-- it and its run requests are committed in one statement; runs are launched from the requests, each by its own idempotency key.

create table assetry.instigators (
  code_location text not null,
  -- SCHEDULE or SENSOR.
  kind text not null,
  name text not null,
  -- RUNNING or STOPPED; null until somebody has started or stopped it: then its definition says.
  status text,
  -- Why it has that status, where nobody has asked for it.
  reason text,
  cursor text,
  -- Counts the edits of the cursor from outside: a tick that began before one does not overwrite it.
  cursor_edits integer not null default 0,
  -- Ticks in a row that failed.
  failures integer not null default 0,
  changed_at timestamptz(3) not null default clock_timestamp(),
  primary key (code_location, kind, name)
) with (fillfactor = 70);

create table assetry.ticks (
  -- Number in order of beginning: what lists are paged by.
  number bigint generated always as identity,
  tick_id text primary key,
  code_location text not null,
  kind text not null,
  name text not null,
  -- STARTED, SUCCESS, SKIPPED or FAILURE.
  status text not null,
  -- Of a schedule: the time that it is for.
  scheduled_at timestamptz(3),
  started_at timestamptz(3) not null,
  ended_at timestamptz(3),
  -- Counts the evaluations that were begun; only who knows the newest number may commit.
  fence integer not null,
  -- Which call began it: the same call repeated is the same beginning.
  claim text not null,
  worker text,
  cursor_before text,
  cursor_after text,
  cursor_edits integer not null,
  skip_reason text,
  error json,
  logs json,
  requests integer not null default 0,
  duplicates integer not null default 0,
  events integer not null default 0
) with (fillfactor = 70);
create unique index ticks_number on assetry.ticks (number);
create index ticks_of on assetry.ticks (code_location, kind, name, number);
create index ticks_open on assetry.ticks (code_location, kind, name) where status = 'STARTED';
create index ticks_ended on assetry.ticks (status, ended_at);

create table assetry.run_requests (
  tick_id text not null,
  position integer not null,
  code_location text not null,
  kind text not null,
  name text not null,
  run_key text,
  request json not null,
  -- PENDING, LAUNCHED, DUPLICATE or FAILED.
  status text not null,
  -- Of a duplicate: those of the request that came before.
  run_id text,
  backfill_id text,
  error json,
  primary key (tick_id, position)
) with (fillfactor = 70);
create index run_requests_pending on assetry.run_requests (code_location, kind, name) where status = 'PENDING';
create index run_requests_run on assetry.run_requests (run_id) where run_id is not null;

-- The newest request with each run key.
create table assetry.run_keys (
  code_location text not null,
  kind text not null,
  name text not null,
  run_key text not null,
  tick_id text not null,
  position integer not null,
  created_at timestamptz(3) not null,
  primary key (code_location, kind, name, run_key)
);

-- What came over HTTP, until a tick has taken it and for some time after.
create table assetry.sensor_events (
  number bigint generated always as identity primary key,
  code_location text not null,
  sensor text not null,
  event_key text not null,
  event json not null,
  received_at timestamptz(3) not null,
  -- The tick that took it.
  tick_id text,
  -- Why it was not given to the sensor's function.
  refused json,
  unique (code_location, sensor, event_key)
) with (fillfactor = 90);
create index sensor_events_waiting on assetry.sensor_events (code_location, sensor, number) where tick_id is null;
create index sensor_events_taken on assetry.sensor_events (received_at) where tick_id is not null;

-- Locks the row of an instigator, and makes it where there is none.
create function assetry.locked_instigator(the_location text, the_kind text, the_name text) returns assetry.instigators
language plpgsql as $$
declare
  known assetry.instigators%rowtype;
begin
  insert into assetry.instigators (code_location, kind, name) values (the_location, the_kind, the_name) on conflict do nothing;
  select * into strict known from assetry.instigators
    where code_location = the_location and kind = the_kind and name = the_name for update;
  return known;
end $$;

-- Starts or stops an instigator; null gives it back to its definition. Returns the status that it had.
create function assetry.set_instigator_status(the_location text, the_kind text, the_name text, the_status text, the_reason text)
returns json language plpgsql as $$
declare
  known assetry.instigators%rowtype := assetry.locked_instigator(the_location, the_kind, the_name);
begin
  update assetry.instigators set status = the_status, reason = the_reason, failures = 0, changed_at = clock_timestamp()
    where code_location = the_location and kind = the_kind and name = the_name;
  return json_build_object('before', known.status);
end $$;

create function assetry.set_instigator_cursor(the_location text, the_kind text, the_name text, the_cursor text) returns boolean
language plpgsql as $$
begin
  perform assetry.locked_instigator(the_location, the_kind, the_name);
  update assetry.instigators set cursor = the_cursor, cursor_edits = cursor_edits + 1, changed_at = clock_timestamp()
    where code_location = the_location and kind = the_kind and name = the_name;
  return true;
end $$;

-- Gives everything of an instigator to its new name, once: where nothing is known under that name yet.
create function assetry.rename_instigator(the_location text, the_kind text, old_name text, new_name text) returns boolean
language plpgsql as $$
begin
  update assetry.instigators set name = new_name
    where code_location = the_location and kind = the_kind and name = old_name
      and not exists (select from assetry.instigators where code_location = the_location and kind = the_kind and name = new_name);
  if not found then return false; end if;
  update assetry.ticks set name = new_name where code_location = the_location and kind = the_kind and name = old_name;
  update assetry.run_requests set name = new_name where code_location = the_location and kind = the_kind and name = old_name;
  update assetry.run_keys set name = new_name where code_location = the_location and kind = the_kind and name = old_name;
  if the_kind = 'SENSOR' then
    -- An event whose sender repeated it under the new name is the one that came first.
    delete from assetry.sensor_events as again using assetry.sensor_events as e
      where again.code_location = the_location and again.sensor = new_name
        and e.code_location = the_location and e.sensor = old_name and e.event_key = again.event_key;
    update assetry.sensor_events set sensor = new_name where code_location = the_location and sensor = old_name;
  end if;
  return true;
end $$;

-- Begins a tick, or an evaluation of one that was begun before and not committed. Of a sensor only one is at work at a time.
create function assetry.begin_tick(given json) returns json language plpgsql as $$
declare
  the_location text := given ->> 'codeLocation';
  the_kind text := given ->> 'kind';
  the_name text := given ->> 'name';
  the_tick_id text := given ->> 'tickId';
  the_claim text := given ->> 'claim';
  known assetry.instigators%rowtype := assetry.locked_instigator(the_location, the_kind, the_name);
  tick assetry.ticks%rowtype;
  moment timestamptz := clock_timestamp();
begin
  select * into tick from assetry.ticks where tick_id = the_tick_id;
  if tick.status is not null and tick.status <> 'STARTED' then
    return json_build_object('kind', 'ended', 'status', tick.status, 'failures', known.failures, 'error', tick.error);
  end if;
  if tick.status is null then
    if coalesce(known.status, given ->> 'defaultStatus') = 'STOPPED' and not coalesce((given ->> 'byHand')::boolean, false) then
      return json_build_object('kind', 'stopped');
    end if;
    if the_kind <> 'SCHEDULE' then
      update assetry.ticks set status = 'FAILURE', ended_at = moment, error = json_build_object(
          'name', 'AssetryError', 'message', 'Its worker was lost, and another tick has taken its place. Nothing of it was kept.', 'stack', null,
          'code', 'WORKER_LOST', 'metadata', null, 'cause', null)
        where code_location = the_location and kind = the_kind and name = the_name and status = 'STARTED';
    end if;
    insert into assetry.ticks (tick_id, code_location, kind, name, status, scheduled_at, started_at, fence, claim, worker, cursor_before, cursor_edits)
      values (the_tick_id, the_location, the_kind, the_name, 'STARTED', (given ->> 'scheduledAt')::timestamptz, moment, 1, the_claim,
        given ->> 'worker', known.cursor, known.cursor_edits)
      returning * into tick;
  elsif tick.claim <> the_claim then
    update assetry.ticks set fence = tick.fence + 1, claim = the_claim, worker = given ->> 'worker',
        cursor_before = known.cursor, cursor_edits = known.cursor_edits
      where tick_id = the_tick_id returning * into tick;
  end if;
  return json_build_object('kind', 'claimed', 'fence', tick.fence, 'cursor', tick.cursor_before,
    'failures', known.failures,
    'lastTickAt', (select ended_at from assetry.ticks
      where code_location = the_location and kind = the_kind and name = the_name and number < tick.number order by number desc limit 1),
    'lastRunKey', (select run_key from assetry.run_keys
      where code_location = the_location and kind = the_kind and name = the_name order by created_at desc, tick_id, position desc limit 1));
end $$;
create index run_keys_newest on assetry.run_keys (code_location, kind, name, created_at);

-- Whether a request with this run key came before and still counts; where not, this one is the newest.
create function assetry.take_run_key(the_tick assetry.ticks, the_position integer, the_key text, policy json, moment timestamptz)
returns assetry.run_requests language plpgsql as $$
declare
  before assetry.run_requests%rowtype;
begin
  select r.* into before from assetry.run_keys as k join assetry.run_requests as r using (tick_id, position)
    where k.code_location = the_tick.code_location and k.kind = the_tick.kind and k.name = the_tick.name and k.run_key = the_key
      and (policy ->> 'windowMs' is null or k.created_at > moment - (policy ->> 'windowMs')::double precision * interval '1 millisecond')
      and not (r.status = 'LAUNCHED' and policy ->> 'failedRuns' = 'rerun' and (
        exists (select from assetry.runs where runs.run_id = r.run_id and runs.status in ('FAILURE', 'CANCELED'))
        or exists (select from assetry.backfills as b where b.backfill_id = r.backfill_id and b.status in ('FAILURE', 'CANCELED'))));
  if found then return before; end if;
  insert into assetry.run_keys (code_location, kind, name, run_key, tick_id, position, created_at)
    values (the_tick.code_location, the_tick.kind, the_tick.name, the_key, the_tick.tick_id, the_position, moment)
    on conflict (code_location, kind, name, run_key) do update
      set tick_id = excluded.tick_id, position = excluded.position, created_at = excluded.created_at;
  return null;
end $$;

-- Commits what a tick came to, all or nothing. False where another evaluation has taken it over; the same again is no harm.
create function assetry.commit_tick(the_tick_id text, the_fence integer, outcome json) returns boolean language plpgsql as $$
declare
  tick assetry.ticks%rowtype;
  known assetry.instigators%rowtype;
  moment timestamptz := clock_timestamp();
  asked record;
  change record;
  before assetry.run_requests%rowtype;
  asked_count integer := 0;
  duplicate_count integer := 0;
begin
  select * into tick from assetry.ticks where tick_id = the_tick_id;
  if not found then return false; end if;
  known := assetry.locked_instigator(tick.code_location, tick.kind, tick.name);
  select * into strict tick from assetry.ticks where tick_id = the_tick_id for update;
  if tick.fence <> the_fence then return false; end if;
  if tick.status <> 'STARTED' then return tick.status in ('SUCCESS', 'SKIPPED'); end if;
  -- Whoever has read them before another tick took them would take them a second time.
  if exists (select from assetry.sensor_events as e join json_array_elements_text(coalesce(outcome -> 'events', '[]')) as given
      on e.number = given.value::bigint where e.tick_id is not null) then
    return false;
  end if;
  for change in
    select c ->> 'name' as name, c -> 'add' as added, c -> 'remove' as removed from json_array_elements(coalesce(outcome -> 'partitions', '[]')) as c
  loop
    if json_array_length(change.added) > 0 then
      perform assetry.add_dynamic_partitions(change.name, change.added, the_tick_id || ':' || the_fence);
    end if;
    if json_array_length(change.removed) > 0 then perform assetry.remove_dynamic_partitions(change.name, change.removed); end if;
  end loop;
  for asked in
    select (position - 1)::integer as position, r -> 'runKey' #>> '{}' as run_key, r -> 'request' as request
    from json_array_elements(coalesce(outcome -> 'requests', '[]')) with ordinality as given(r, position) order by position
  loop
    before := null;
    asked_count := asked_count + 1;
    if asked.run_key is not null then before := assetry.take_run_key(tick, asked.position, asked.run_key, outcome -> 'runKeys', moment); end if;
    if before.tick_id is not null then duplicate_count := duplicate_count + 1; end if;
    insert into assetry.run_requests (tick_id, position, code_location, kind, name, run_key, request, status, run_id, backfill_id)
      values (the_tick_id, asked.position, tick.code_location, tick.kind, tick.name, asked.run_key, asked.request,
        case when before.tick_id is null then 'PENDING' else 'DUPLICATE' end, before.run_id, before.backfill_id);
  end loop;
  update assetry.sensor_events set tick_id = the_tick_id
    where number in (select value::bigint from json_array_elements_text(coalesce(outcome -> 'events', '[]')));
  update assetry.sensor_events as e set tick_id = the_tick_id, refused = r.error
    from json_to_recordset(coalesce(outcome -> 'refused', '[]')) as r(number bigint, error json) where e.number = r.number;
  perform assetry.record_report(r -> 'report', r ->> 'key', the_tick_id || ':' || the_fence, r ->> 'hash')
    from json_array_elements(coalesce(outcome -> 'reports', '[]')) as r;
  update assetry.ticks set
      status = case when asked_count > duplicate_count then 'SUCCESS' else 'SKIPPED' end, ended_at = moment,
      cursor_after = case when (outcome -> 'cursor') is null then cursor_before else outcome ->> 'cursor' end,
      skip_reason = outcome ->> 'skipReason', logs = outcome -> 'logs', requests = asked_count, duplicates = duplicate_count,
      events = json_array_length(coalesce(outcome -> 'events', '[]'))
    where tick_id = the_tick_id;
  update assetry.instigators set
      failures = 0,
      cursor = case when (outcome -> 'cursor') is not null and cursor_edits = tick.cursor_edits then outcome ->> 'cursor' else cursor end
    where code_location = tick.code_location and kind = tick.kind and name = tick.name;
  return true;
end $$;

-- A tick failed: nothing of it is kept but the error. `stop_after` failures in a row stop the instigator. Returns how many there were.
create function assetry.fail_tick(the_tick_id text, the_fence integer, the_error json, the_logs json, stop_after integer, stop_reason text)
returns integer language plpgsql as $$
declare
  tick assetry.ticks%rowtype;
  known assetry.instigators%rowtype;
begin
  select * into tick from assetry.ticks where tick_id = the_tick_id;
  if not found then return null; end if;
  known := assetry.locked_instigator(tick.code_location, tick.kind, tick.name);
  select * into strict tick from assetry.ticks where tick_id = the_tick_id for update;
  if tick.fence <> the_fence or tick.status <> 'STARTED' then return known.failures; end if;
  update assetry.ticks set status = 'FAILURE', ended_at = clock_timestamp(), error = the_error, logs = the_logs where tick_id = the_tick_id;
  update assetry.instigators set failures = known.failures + 1,
      status = case when known.failures + 1 >= stop_after then 'STOPPED' else status end,
      reason = case when known.failures + 1 >= stop_after then stop_reason else reason end
    where code_location = tick.code_location and kind = tick.kind and name = tick.name;
  return known.failures + 1;
end $$;

-- Says what became of a run request. One that failed frees its run key.
create function assetry.settle_request(the_tick_id text, the_position integer, the_run_id text, the_backfill_id text, the_error json)
returns boolean language plpgsql as $$
begin
  update assetry.run_requests set status = case when the_error is null then 'LAUNCHED' else 'FAILED' end,
      run_id = the_run_id, backfill_id = the_backfill_id, error = the_error
    where tick_id = the_tick_id and position = the_position and status = 'PENDING';
  if found and the_error is not null then
    delete from assetry.run_keys where tick_id = the_tick_id and position = the_position;
  end if;
  return true;
end $$;

-- Keeps events for a sensor. Returns for each, in their order, its number and whether it is new.
create function assetry.receive_events(the_location text, the_sensor text, given json) returns json language plpgsql as $$
declare
  each record;
  the_number bigint;
  answers json[] := '{}';
begin
  -- Senders to the same sensor wait here: events become visible in the order of their numbers.
  perform pg_advisory_xact_lock(724683362, hashtext(the_location || '/' || the_sensor));
  for each in
    select e ->> 'key' as key, e -> 'event' as event from json_array_elements(given) with ordinality as g(e, place) order by place
  loop
    insert into assetry.sensor_events (code_location, sensor, event_key, event, received_at)
      values (the_location, the_sensor, each.key, each.event, clock_timestamp()) on conflict do nothing returning number into the_number;
    answers := answers || json_build_object('key', each.key, 'created', found);
  end loop;
  return array_to_json(answers);
end $$;

-- Forgets what is old: ticks by how they ended, events that were taken. `before_*` are times; what is not named is kept.
create function assetry.prune_ticks(before_skipped timestamptz, before_others timestamptz, before_events timestamptz) returns boolean
language plpgsql as $$
begin
  with old as (
    select tick_id from assetry.ticks as t
    where (status = 'SKIPPED' and ended_at < before_skipped or status in ('SUCCESS', 'FAILURE') and ended_at < before_others)
      -- The newest of each says when it was last evaluated; those that run keys point to say what came of these.
      and exists (select from assetry.ticks as newer
        where newer.code_location = t.code_location and newer.kind = t.kind and newer.name = t.name and newer.number > t.number)
      and not exists (select from assetry.run_requests as r where r.tick_id = t.tick_id and r.status = 'PENDING')
      and not exists (select from assetry.run_keys as k where k.tick_id = t.tick_id)
    limit 10000
  ), requests as (
    delete from assetry.run_requests where tick_id in (select tick_id from old)
  )
  delete from assetry.ticks where tick_id in (select tick_id from old);
  delete from assetry.sensor_events where number in (
    select number from assetry.sensor_events where tick_id is not null and received_at < before_events limit 10000
  );
  return true;
end $$;
