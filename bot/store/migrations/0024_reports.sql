-- What people say of a page, who follows what, incidents that are not for everybody.

-- "Was this page useful?", once per person and incident.
CREATE TABLE page_verdict (
    incident bigint NOT NULL REFERENCES incident (number),
    person text NOT NULL,
    verdict text NOT NULL CHECK (verdict IN ('useful', 'noise', 'not_mine')),
    at timestamptz NOT NULL DEFAULT app_now(),
    PRIMARY KEY (incident, person)
);
CREATE INDEX page_verdict_at ON page_verdict (at);

-- `subject`: 'incident:42', 'service:ecotrajet' or 'priority:P1'.
CREATE TABLE subscription (
    person text NOT NULL,
    subject text NOT NULL,
    at timestamptz NOT NULL DEFAULT app_now(),
    PRIMARY KEY (person, subject)
);
CREATE INDEX subscription_to ON subscription (subject);

-- Its channel is a private one.
ALTER TABLE incident ADD COLUMN confidential boolean NOT NULL DEFAULT false;
-- The links that stand above the channel already.
ALTER TABLE incident_channel ADD COLUMN bookmarks text[] NOT NULL DEFAULT '{}';

DO $$ BEGIN
    IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'ecotrajet_app') THEN
        GRANT SELECT, INSERT, UPDATE, DELETE ON page_verdict, subscription TO ecotrajet_app;
    END IF;
EXCEPTION
    WHEN insufficient_privilege THEN RAISE NOTICE 'no right to grant the role ecotrajet_app';
END $$;
