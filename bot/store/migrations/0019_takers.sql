-- Several people who are to take an incident, where a level asks for so many.

ALTER TABLE escalation_level ADD acknowledgements integer NOT NULL DEFAULT 1 CHECK (acknowledgements >= 1);

-- Those who have taken it so far, the first one first: [{person, at, sign_at, counts}]. Written under the incident's lock.
ALTER TABLE incident
    ADD takers jsonb NOT NULL DEFAULT '[]',
    ADD takers_wanted integer NOT NULL DEFAULT 1 CHECK (takers_wanted >= 1);
