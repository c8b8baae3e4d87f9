-- What auto-heal proved, one row a round, and under which mapping version the two sides of a deal were last compared.

alter table link add column compared_under text;

create table heal (
  id              ${identity},
  at              text not null,             -- when the round began
  complete        integer not null,          -- 1: every deal was listed; 0: what changed since the round before
  mapping_version text not null,
  linked          integer not null,          -- deals that have both sides and are kept in step
  in_step         integer not null,          -- those of them that are equal under the mapping version
  recovered       integer not null,          -- deals with changes that no event and no poll had told of
  referrals       integer not null,          -- listed and compared by their version tags
  records         integer not null,
  statement       text not null              -- all of it in words, with the deals that are not in step
);
create index heal_at on heal (at);

-- One mark for both sides became one for each.
insert into cursor_mark (name, value, updated_at) select 'auto-heal partner-center', value, updated_at from cursor_mark where name = 'auto-heal';
insert into cursor_mark (name, value, updated_at) select 'auto-heal crm', value, updated_at from cursor_mark where name = 'auto-heal';
delete from cursor_mark where name = 'auto-heal';
