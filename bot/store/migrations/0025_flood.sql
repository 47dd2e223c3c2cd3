-- In a flood a body is stored first and acted upon afterwards: those that wait, in the order they came.
ALTER TABLE intake_body DROP CONSTRAINT intake_body_state_check;
ALTER TABLE intake_body ADD CONSTRAINT intake_body_state_check
    CHECK (state IN ('stored', 'waiting', 'understood', 'not_understood'));
CREATE INDEX intake_body_waiting ON intake_body (id) WHERE state = 'waiting';
