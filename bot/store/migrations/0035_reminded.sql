-- A question of a runbook that nobody answers is asked again.
ALTER TABLE procedure_step ADD COLUMN reminded_at timestamptz;
