-- Which of several processes does what only one may do at a time: it says so again and again, and when it no longer does, another takes over.

create table lease (
  name  text primary key,                      -- what is done
  owner text not null,                         -- name of the process
  until text not null                          -- from then on any process may take it
);

-- Events that no link is known for are few and looked for often; without this every look reads all events of a month.
create index event_unresolved on event (resource_id) where link_id is null;
