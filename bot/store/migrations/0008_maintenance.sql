-- Maintenance is told to everybody (the channel, the status page); other silences are the team's own business.
ALTER TABLE silence ADD maintenance boolean NOT NULL DEFAULT false;
UPDATE silence SET maintenance = true WHERE origin <> '';
