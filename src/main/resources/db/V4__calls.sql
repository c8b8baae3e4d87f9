-- Fewer calls, and all of them counted.

-- The record as a poll brought it, in the CRM's own words: with it the lane need not read the record. Null where the record may have
-- moved (record_moved) and nothing tells how, so that it has to be read.
alter table link add column noticed text;

-- What the entry's change cost, such as "partner-center: 1 read, 1 write". Each call stands on one entry only.
alter table journal add column calls text;

-- Calls to each system a day, polls and sign-ins included.
create table call_count (
  day    text not null,                        -- UTC, such as 2026-11-05
  system text not null,
  kind   text not null,                        -- read, write, batch, sign-in
  calls  bigint not null,
  primary key (day, system, kind)
);

-- Which side may have moved (referral_moved, record_moved, related_moved) is kept as the number of the last mark that said so, 0 for none.
-- So a lane that ends takes back exactly what it has worked off, and a mark of one side does not make the other be read again.
update link set referral_moved = case when referral_moved = 0 then 0 else marks end,
                record_moved = case when record_moved = 0 then 0 else marks end,
                related_moved = case when related_moved = 0 then 0 else marks end;
