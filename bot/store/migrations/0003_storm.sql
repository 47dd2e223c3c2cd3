-- Many alerts at once: what gathers them into few incidents, and few messages.

-- `last_alert_at`: a new alert of the same service and environment joins while the last one is recent.
-- `news_held_until`: new members of a taken incident page once, then not before this moment.
-- `flapping_until`: it comes and goes; held open and quiet until it has been calm that long.
ALTER TABLE incident
    ADD last_alert_at timestamptz NOT NULL DEFAULT app_now(),
    ADD news_held_until timestamptz,
    ADD flapping_until timestamptz;
CREATE INDEX incident_opened ON incident (opened_at);
CREATE INDEX incident_flapping ON incident (flapping_until) WHERE flapping_until IS NOT NULL;

-- Why it belongs to its incident, when neither it nor its sender's group opened that.
ALTER TABLE alert ADD joined jsonb;
-- A card shows the first hundred of thousands.
DROP INDEX alert_of_incident;
CREATE INDEX alert_of_incident ON alert (incident, id);
-- Bodies are thrown away some day, alerts are not.
ALTER TABLE alert DROP CONSTRAINT alert_body_fkey;
-- How often a key has come and gone.
CREATE INDEX alert_over ON alert (source, dedup_key, resolved_at) WHERE status = 'resolved';

-- Pages that left in one text or call share their leader's id.
ALTER TABLE message ADD bundle bigint;
CREATE INDEX message_loud_page ON message (person, kind, sent_at) WHERE about = 'page' AND kind IN ('sms', 'voice');

-- Counted up with each group of alerts: small rows with room beside them are rewritten in place, without new index entries.
ALTER TABLE incident SET (fillfactor = 30, toast_tuple_target = 256, autovacuum_vacuum_scale_factor = 0.02);
