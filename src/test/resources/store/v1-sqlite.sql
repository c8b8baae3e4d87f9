-- The SQLite store of version 1, as its first release made it: a deal in step, one that rests, one whose referral is about to be made.
CREATE TABLE IF NOT EXISTS "flyway_schema_history" (
    "installed_rank" INT NOT NULL PRIMARY KEY,
    "version" VARCHAR(50),
    "description" VARCHAR(200) NOT NULL,
    "type" VARCHAR(20) NOT NULL,
    "script" VARCHAR(1000) NOT NULL,
    "checksum" INT,
    "installed_by" VARCHAR(100) NOT NULL,
    "installed_on" TEXT NOT NULL DEFAULT (strftime('%Y-%m-%d %H:%M:%f','now')),
    "execution_time" INT NOT NULL,
    "success" BOOLEAN NOT NULL
);
INSERT INTO flyway_schema_history VALUES(1,'1','store','SQL','V1__store.sql',-2100183943,'','2026-11-21 03:37:31.451',12,1);
CREATE TABLE link (
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
INSERT INTO link VALUES('1eb70b94-8984-4149-ba9f-46f52fd0a5b1','R-linked','E-1','opportunity','O-linked','linked',NULL,'{"name":"Übung ✔","details":{"dealValue":48000.5,"currency":"EUR"}}',NULL,'{"id":"R-linked","etag":"\"7\""}','{"id":"O-linked","parts":["P-1"],"etag":"W/\"9\""}',NULL,NULL,NULL,NULL,NULL,0,1,1,0,0,0,1,'2026-03-01T10:00:00.000Z','2026-03-01T10:00:00.000Z');
INSERT INTO link VALUES('b9c716b4-ac35-4927-b2ef-2424e74dd60c','R-resting',NULL,NULL,NULL,'resting','The country code is missing.',NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,'The country code is missing.',0,1,1,1,0,0,1,'2026-03-01T10:00:00.000Z','2026-03-01T10:00:00.000Z');
INSERT INTO link VALUES('bdc23bea-9a25-4122-a881-2e2b7bd6e018',NULL,NULL,'opportunity','O-creating','open',NULL,NULL,'{"creating":"2026-03-01T10:00:00.000Z"}',NULL,NULL,NULL,NULL,NULL,NULL,NULL,0,1,0,0,1,0,1,'2026-03-01T10:00:00.000Z','2026-03-01T10:00:00.000Z');
CREATE TABLE link_part (
  part_id text primary key,
  link_id text not null references link (id) on delete cascade
);
INSERT INTO link_part VALUES('P-1','1eb70b94-8984-4149-ba9f-46f52fd0a5b1');
CREATE TABLE event (
  id          integer primary key autoincrement,
  fingerprint text not null unique,            -- source, name, resource and time of change
  source      text not null,                   -- partner-center or crm
  name        text not null,
  resource_id text not null,
  changed_at  text,
  received_at text not null,
  link_id     text                             -- none: looked up in vain
);
INSERT INTO event VALUES(1,'partner-center referral-created R-linked 2026-03-01T09:00:00Z','partner-center','referral-created','R-linked','2026-03-01T09:00:00Z','2026-03-01T10:00:00.000Z','1eb70b94-8984-4149-ba9f-46f52fd0a5b1');
INSERT INTO event VALUES(2,'partner-center referral-created R-resting 2026-03-01T09:00:01Z','partner-center','referral-created','R-resting','2026-03-01T09:00:01Z','2026-03-01T10:00:00.000Z','b9c716b4-ac35-4927-b2ef-2424e74dd60c');
INSERT INTO event VALUES(3,'partner-center related-referral-created R-unknown 2026-03-01T09:00:02Z','partner-center','related-referral-created','R-unknown','2026-03-01T09:00:02Z','2026-03-01T10:00:00.000Z',NULL);
CREATE TABLE journal (
  id          integer primary key autoincrement,
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
INSERT INTO journal VALUES(1,'2026-03-01T10:00:00.000Z','1eb70b94-8984-4149-ba9f-46f52fd0a5b1','R-linked','O-linked','linked',NULL,NULL,NULL,NULL,'Made in the CRM from the referral.',NULL,1);
INSERT INTO journal VALUES(2,'2026-03-01T10:00:00.000Z','1eb70b94-8984-4149-ba9f-46f52fd0a5b1','R-linked','O-linked','written','crm','/details/dealValue','1','48000.50',NULL,NULL,1);
INSERT INTO journal VALUES(3,'2026-03-01T10:00:00.000Z','b9c716b4-ac35-4927-b2ef-2424e74dd60c','R-resting',NULL,'resting',NULL,NULL,NULL,NULL,'The country code is missing.',NULL,1);
INSERT INTO journal VALUES(4,'2026-03-01T10:00:00.000Z',NULL,NULL,NULL,'refused','partner-center',NULL,NULL,NULL,'The signature does not fit.','partner-center refused 2026-03-01T10 The signature does not fit.',1);
CREATE TABLE cursor_mark (
  name       text primary key,
  value      text not null,
  updated_at text not null
);
INSERT INTO cursor_mark VALUES('crm-changes opportunity','token-1','2026-03-01T10:00:00.000Z');
INSERT INTO cursor_mark VALUES('configuration','fingerprint-1','2026-03-01T10:00:00.000Z');
CREATE TABLE scheduled_tasks (
  task_name            varchar(100) not null,
  task_instance        varchar(100) not null,
  task_data            blob,
  execution_time       timestamp not null,
  picked               bit not null,
  picked_by            varchar(100),
  last_success         timestamp,
  last_failure         timestamp,
  consecutive_failures integer,
  last_heartbeat       timestamp,
  version              bigint not null,
  priority             smallint,
  primary key (task_name, task_instance)
);
INSERT INTO scheduled_tasks VALUES('lane','bdc23bea-9a25-4122-a881-2e2b7bd6e018',NULL,1772359200000,0,NULL,NULL,NULL,NULL,NULL,1,NULL);
DELETE FROM sqlite_sequence;
INSERT INTO sqlite_sequence VALUES('event',3);
INSERT INTO sqlite_sequence VALUES('journal',4);
CREATE INDEX "flyway_schema_history_s_idx" ON "flyway_schema_history" ("success");
CREATE INDEX link_engagement on link (engagement_id);
CREATE INDEX link_microsoft on link (microsoft_id);
CREATE INDEX link_state on link (state);
CREATE INDEX link_part_link on link_part (link_id);
CREATE INDEX journal_link on journal (link_id, id);
CREATE INDEX scheduled_tasks_execution_time on scheduled_tasks (execution_time);
CREATE INDEX scheduled_tasks_last_heartbeat on scheduled_tasks (last_heartbeat);
