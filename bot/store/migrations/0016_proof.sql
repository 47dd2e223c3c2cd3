-- Drills: a test page to each person on call next week, and their answers. Digests instead of a stream of messages.

CREATE TABLE drill (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    slot text NOT NULL,                      -- the local date of the drill
    person text NOT NULL,
    asked_at timestamptz NOT NULL DEFAULT app_now(),
    answer_by timestamptz NOT NULL,
    answered_at timestamptz,                 -- the first answer; each door's own is in the audit trail
    reported_at timestamptz,                 -- that nobody answered was told
    UNIQUE (slot, person)
);
CREATE INDEX drill_of_person ON drill (person, id);
CREATE INDEX drill_unanswered ON drill (answer_by) WHERE answered_at IS NULL AND reported_at IS NULL;

-- What was last proven: whoever answers by a door was reached by it.
CREATE INDEX audit_proofs ON audit (actor, door, at) WHERE did IN ('drill.answered', 'incident.acknowledged');
CREATE INDEX message_outcomes ON message (person, kind, id) WHERE state IN ('sent', 'delivered', 'failed');

-- Managers' digest: whom an incident was told, and one digest that waits for each of them.
CREATE TABLE digest_follower (
    incident bigint NOT NULL REFERENCES incident,
    person text NOT NULL,
    PRIMARY KEY (incident, person)
);
CREATE UNIQUE INDEX message_digest_waiting_once ON message (person) WHERE about = 'digest' AND state = 'waiting';
CREATE INDEX message_digest ON message (person, id) WHERE about = 'digest';

DO $$ BEGIN
    IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'ecotrajet_app') THEN
        GRANT SELECT, INSERT, UPDATE ON drill, digest_follower TO ecotrajet_app;
        GRANT USAGE ON ALL SEQUENCES IN SCHEMA public TO ecotrajet_app;
    END IF;
EXCEPTION
    WHEN insufficient_privilege THEN RAISE NOTICE 'no right to grant the role ecotrajet_app';
END $$;
