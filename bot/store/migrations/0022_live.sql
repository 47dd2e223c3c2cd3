-- What a run says while it is under way, shown in the thread of its card, and whole in a file at its end.

CREATE TABLE run_output (
    run bigint NOT NULL REFERENCES run,
    number integer NOT NULL,                 -- from 1; a line that counts something up keeps its number
    step text NOT NULL DEFAULT '',
    said jsonb NOT NULL,                     -- a line, its secrets hidden already, or a phrase
    PRIMARY KEY (run, number)
);
-- Which edit of it was the last: they are at least so far apart.
CREATE INDEX message_run_output ON message (run, id) WHERE about = 'run_output';
CREATE UNIQUE INDEX message_run_output_waiting_once ON message (run, recipient)
    WHERE about = 'run_output' AND state = 'waiting';

-- What begins by itself, by when it began: so many in a while, and no more.
CREATE INDEX procedure_run_by_itself ON procedure_run (begun_at) WHERE begun_by = 'desk';

DO $$ BEGIN
    IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'ecotrajet_app') THEN
        GRANT SELECT, INSERT, UPDATE ON run_output TO ecotrajet_app;
    END IF;
EXCEPTION
    WHEN insufficient_privilege THEN RAISE NOTICE 'no right to grant the role ecotrajet_app';
END $$;
