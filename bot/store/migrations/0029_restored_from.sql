-- A restore says which dump it brings back: chosen when it is asked for, so that no later one takes its place.
ALTER TABLE backup ADD COLUMN source bigint REFERENCES backup (id);
