-- A restore beside the service's database, and the change of names that puts it in place: rows like backups.
ALTER TABLE backup DROP CONSTRAINT backup_kind_check;
ALTER TABLE backup ADD CONSTRAINT backup_kind_check
    CHECK (kind IN ('daily', 'weekly', 'monthly', 'manual', 'test', 'restore', 'cutover'));
