-- The whole state of the connector: links with their base, events, journal, cursors, and the lanes' tasks.
-- One script serves SQLite and PostgreSQL; what they spell differently is a placeholder (io.cosell.store.Database).
-- Times are ISO 8601 text in UTC with milliseconds, so that they sort and people can read them.

create table link (
  id              text primary key,            -- also the key of its lane
  referral_id     text unique,
  engagement_id   text,
  record_kind     text,                        -- opportunity or lead
  record_id       text unique,
  state           text not null,               -- open, linked, resting, skipped, ended
  reason          text,                        -- why it rests, was skipped or ended, for people
  base            text,                        -- referral view both sides last agreed on, JSON
  intent          text,                        -- what is about to be written, JSON; null when nothing is under way
  referral        text,                        -- the referral as last seen, JSON
  record          text,                        -- the record as last seen, JSON
  microsoft       text,                        -- what Microsoft's referral of the deal last said, JSON
  microsoft_id    text,                        -- id of Microsoft's referral, as far as known
  refused         text,                        -- path -> value that Partner Center refused, JSON
  closed_seen_at  text,                        -- since when the record is closed while the referral is not
  told            text,                        -- the last reason written to the record, so that it is written once
  failures        integer not null default 0,  -- temporary failures in a row
  marks           integer not null default 0,  -- how often the lane was marked
  marks_done      integer not null default 0,  -- up to which mark it has been worked off
  referral_moved  integer not null default 0,  -- 1: the referral may have changed since it was last seen
  record_moved    integer not null default 0,
  related_moved   integer not null default 0,  -- 1: Microsoft's referral of the engagement may have changed
  version         integer not null default 0,  -- raised by each change of the link; guards against stale claims
  created_at      text not null,
  updated_at      text not null
);
create index link_engagement on link (engagement_id);
create index link_microsoft on link (microsoft_id);
create index link_state on link (state);

-- Rows of other CRM tables that belong to a record, such as its solutions: a deleted row tells only its own id.
create table link_part (
  part_id text primary key,
  link_id text not null references link (id) on delete cascade
);
create index link_part_link on link_part (link_id);

-- What was said to have changed. An event is a hint; it is kept to recognise it when it is delivered again.
create table event (
  id          ${identity},
  fingerprint text not null unique,            -- source, name, resource and time of change
  source      text not null,                   -- partner-center or crm
  name        text not null,
  resource_id text not null,
  changed_at  text,
  received_at text not null,
  link_id     text                             -- none: looked up in vain
);

-- What was planned, written, refused, and why. Append-only, but for the count of a refusal that comes again and again.
create table journal (
  id          ${identity},
  at          text not null,
  link_id     text,
  referral_id text,
  record_id   text,
  kind        text not null,                   -- received, refused, linked, written, conflict, failed, resting, skipped, healed, told
  side        text,                            -- partner-center or crm: where it was written or refused
  field       text,
  old_value   text,
  new_value   text,
  reason      text,
  once        text unique,                     -- key of an entry that is counted instead of repeated
  times       integer not null default 1
);
create index journal_link on journal (link_id, id);

create table cursor_mark (
  name       text primary key,
  value      text not null,
  updated_at text not null
);

-- db-scheduler's table (its documented layout).
create table scheduled_tasks (
  task_name            varchar(100) not null,
  task_instance        varchar(100) not null,
  task_data            ${bytes},
  execution_time       ${timestamp} not null,
  picked               ${flag} not null,
  picked_by            varchar(100),
  last_success         ${timestamp},
  last_failure         ${timestamp},
  consecutive_failures integer,
  last_heartbeat       ${timestamp},
  version              bigint not null,
  priority             smallint,
  primary key (task_name, task_instance)
);
create index scheduled_tasks_execution_time on scheduled_tasks (execution_time);
create index scheduled_tasks_last_heartbeat on scheduled_tasks (last_heartbeat);
