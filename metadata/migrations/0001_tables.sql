-- What has happened. partition_key '' stands for "no partition".
-- `json` where the order of keys is the user's, `jsonb` where it is searched.

create table assetry.runs (
  -- Number in order of creation: what lists are paged by.
  number bigint generated always as identity,
  run_id text primary key,
  status text not null,
  code_location text not null,
  snapshot_hash text not null,
  job_name text,
  selection text not null,
  asset_keys text[] not null,
  step_count integer not null,
  run_config json not null,
  tags jsonb not null,
  partition_key text not null,
  idempotency_key text unique,
  request_hash text,
  created_at timestamptz(3) not null,
  started_at timestamptz(3),
  ended_at timestamptz(3),
  end_reason text,
  -- Number of the newest entry of the run's log. Whoever appends to the log holds this row's lock until it commits,
  -- so that entries become visible in the order of their numbers.
  last_seq bigint not null
-- Half-empty pages: the row changes twice a step, in place.
) with (fillfactor = 50);
create unique index runs_number on assetry.runs (number);
create index runs_job on assetry.runs (job_name, number);
create index runs_asset_keys on assetry.runs using gin (asset_keys);
create index runs_tags on assetry.runs using gin (tags jsonb_path_ops);
create index runs_open on assetry.runs (number) where status in ('QUEUED', 'STARTED', 'CANCELING');

create table assetry.plan_chunks (
  run_id text not null,
  -- Position in the plan of the chunk's first step.
  first integer not null,
  steps json not null,
  primary key (run_id, first)
);

create table assetry.steps (
  run_id text not null,
  step_key text not null,
  asset_key text not null,
  status text not null,
  attempt integer not null,
  -- Counts the starts; only who knows the newest number may record.
  fence integer not null,
  -- Which call of start made the claim: the same call repeated is the same claim.
  claim text,
  failures integer not null default 0,
  losses integer not null default 0,
  worker text,
  started_at timestamptz(3),
  ended_at timestamptz(3),
  error json,
  because text,
  primary key (run_id, step_key)
) with (fillfactor = 70);

-- events, log_chunks and materializations share the numbers of a run's log: together they are the log.
create table assetry.events (
  run_id text not null,
  seq bigint not null,
  type text not null,
  time timestamptz(3) not null,
  step_key text,
  asset_key text,
  partition_key text not null default '',
  attempt integer,
  data json not null,
  primary key (run_id, seq)
);

create table assetry.log_chunks (
  run_id text not null,
  seq bigint not null,
  time timestamptz(3) not null,
  step_key text not null,
  attempt integer not null,
  -- Which call appended it: the same call repeated appends nothing.
  call text not null,
  lines json not null,
  primary key (run_id, seq),
  unique (run_id, call)
);

create table assetry.materializations (
  -- Number in order of recording: what lists are paged by.
  number bigint generated always as identity,
  run_id text not null,
  seq bigint not null,
  time timestamptz(3) not null,
  step_key text not null,
  asset_key text not null,
  partition_key text not null,
  attempt integer not null,
  duration_ms bigint,
  metadata json not null,
  tags json not null,
  code_version text,
  data_version text,
  primary key (run_id, seq),
  unique (run_id, step_key, asset_key, partition_key)
);
create unique index materializations_asset on assetry.materializations (asset_key, number);

create table assetry.asset_statuses (
  asset_key text not null,
  partition_key text not null,
  status text not null,
  last_run_id text not null,
  updated_at timestamptz(3) not null,
  last_materialization_run_id text,
  last_materialization_seq bigint,
  materialization_count bigint not null,
  primary key (asset_key, partition_key)
) with (fillfactor = 70);

create table assetry.snapshots (
  hash text primary key,
  snapshot json not null
);

create table assetry.code_locations (
  name text primary key,
  snapshot_hash text not null references assetry.snapshots (hash),
  registered_at timestamptz(3) not null
);
