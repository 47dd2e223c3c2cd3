-- Who does what is left to do after an incident, and until when; `chase_at`: when they are reminded next.

ALTER TABLE task ADD COLUMN owner text, ADD COLUMN due_on date, ADD COLUMN chase_at timestamptz;
CREATE INDEX task_to_chase ON task (chase_at) WHERE done_at IS NULL;

-- What stands at a place in Slack: whose thread a pinned message is in.
CREATE INDEX card_place ON card (channel_id, ts);
