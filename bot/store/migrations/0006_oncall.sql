-- Who is on call: overrides with their makers, requests for cover, what was last told, imported calendars, feeds.

ALTER TABLE oncall_override
    ADD COLUMN instead_of text,               -- only this person is replaced; NULL: whoever is on call
    ADD COLUMN created_by text NOT NULL DEFAULT '',
    ADD COLUMN created_at timestamptz NOT NULL DEFAULT app_now();
CREATE INDEX oncall_override_until ON oncall_override (ends_at);

-- Somebody asks for cover (whoever of `asked` answers first), or offers a swap (then `other_*` is what they take).
CREATE TABLE oncall_request (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    schedule text NOT NULL,
    asked_by text NOT NULL,
    asked jsonb NOT NULL,
    starts_at timestamptz NOT NULL,
    ends_at timestamptz NOT NULL CHECK (ends_at > starts_at),
    other_starts_at timestamptz,
    other_ends_at timestamptz,
    asked_at timestamptz NOT NULL DEFAULT app_now(),
    taken_by text,
    taken_at timestamptz,
    withdrawn_at timestamptz
);

-- Who was on call when we last looked, and when to look again: hand-offs are told once, by whichever replica is first.
CREATE TABLE oncall_watch (
    schedule text PRIMARY KEY,
    people jsonb NOT NULL,
    since timestamptz NOT NULL,
    look_at timestamptz NOT NULL,
    grouped jsonb                              -- whom the Slack user group holds; NULL: not known
);

-- Calendars as layers. `place` is a digest: such addresses are secrets.
CREATE TABLE oncall_calendar (
    schedule text NOT NULL,
    place text NOT NULL,
    tried_at timestamptz NOT NULL,
    read_at timestamptz,
    why jsonb,                                 -- what was wrong the last time
    strangers jsonb NOT NULL DEFAULT '[]',     -- titles that name nobody we know
    PRIMARY KEY (schedule, place)
);
CREATE TABLE oncall_event (
    schedule text NOT NULL,
    place text NOT NULL,
    layer integer NOT NULL,
    person text NOT NULL,
    starts_at timestamptz NOT NULL,
    ends_at timestamptz NOT NULL
);
CREATE INDEX oncall_event_until ON oncall_event (ends_at);

-- Private addresses of calendars: derived from the key, the person and the generation.
CREATE TABLE oncall_feed (
    person text PRIMARY KEY,
    generation integer NOT NULL DEFAULT 1
);
CREATE TABLE desk_key (
    name text PRIMARY KEY,
    value bytea NOT NULL
);

DO $$ BEGIN
    IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'ecotrajet_app') THEN
        GRANT SELECT, INSERT, UPDATE, DELETE ON oncall_request, oncall_watch, oncall_calendar, oncall_event, oncall_feed,
            desk_key TO ecotrajet_app;
        GRANT USAGE ON ALL SEQUENCES IN SCHEMA public TO ecotrajet_app;
    END IF;
EXCEPTION
    WHEN insufficient_privilege THEN RAISE NOTICE 'no right to grant the role ecotrajet_app';
END $$;
