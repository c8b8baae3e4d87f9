-- Marked lanes are looked for all the time and are few; without this every look reads all links with their documents.
create index link_marked on link (updated_at) where marks > marks_done;
