-- Why Slack did not take the members of a schedule's user group; NULL: it did, or nothing is known.
ALTER TABLE oncall_watch ADD COLUMN group_why jsonb;
