-- A store of format 4, with its three files beside it made by the test.
PRAGMA foreign_keys=OFF;
BEGIN TRANSACTION;
CREATE TABLE session (
    seq INTEGER PRIMARY KEY AUTOINCREMENT,
    id TEXT NOT NULL UNIQUE,
    title TEXT,
    stopped INTEGER NOT NULL DEFAULT 0,
    deleting INTEGER NOT NULL DEFAULT 0,
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL,
    ttl INTEGER,
    expires_at INTEGER,
    agent TEXT,
    settings TEXT NOT NULL, deletion_error TEXT) STRICT;
INSERT INTO session VALUES(1,'old','An old one',0,0,1795269589028278,1795269589054870,77760000000000,4102444800000000,NULL,'{}',NULL);
CREATE TABLE label (
    session INTEGER NOT NULL REFERENCES session (seq) ON DELETE CASCADE,
    name TEXT NOT NULL,
    value TEXT NOT NULL,
    PRIMARY KEY (session, name)
) STRICT, WITHOUT ROWID;
INSERT INTO label VALUES(1,'team','blue');
CREATE TABLE stored_file (
    seq INTEGER PRIMARY KEY AUTOINCREMENT,
    id TEXT NOT NULL UNIQUE,
    filename TEXT NOT NULL,
    mime_type TEXT NOT NULL,
    size INTEGER NOT NULL,
    sha256 TEXT NOT NULL,
    created_at INTEGER NOT NULL
) STRICT;
INSERT INTO stored_file VALUES(1,'file_9a184cf4186eec686d3201c4','one','application/octet-stream',4,'2c8b08da5ce60398e1f19af0e5dccc744df274b826abe585eaba68c525434806',1795269589046249);
CREATE TABLE resource (
    seq INTEGER PRIMARY KEY AUTOINCREMENT,
    id TEXT NOT NULL UNIQUE,
    session INTEGER NOT NULL REFERENCES session (seq) ON DELETE CASCADE,
    file_id TEXT NOT NULL,
    mount_path TEXT NOT NULL,
    extra TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    unsettled INTEGER NOT NULL DEFAULT 0,
    UNIQUE (session, mount_path)
) STRICT;
INSERT INTO resource VALUES(1,'sesrsc_04adeafaff4ccbbed166a5ea',1,'file_9a184cf4186eec686d3201c4','/mnt/one','{}',1795269589055963,0);
CREATE TABLE command (
        session INTEGER NOT NULL REFERENCES session (seq) ON DELETE CASCADE,
        id TEXT NOT NULL,
        process INTEGER NOT NULL,
        started TEXT,
        PRIMARY KEY (session, id)
     ) STRICT, WITHOUT ROWID;
DELETE FROM sqlite_sequence;
INSERT INTO sqlite_sequence VALUES('session',1);
INSERT INTO sqlite_sequence VALUES('stored_file',1);
INSERT INTO sqlite_sequence VALUES('resource',1);
CREATE INDEX session_expiry ON session (expires_at) WHERE expires_at IS NOT NULL;
CREATE INDEX stored_file_content ON stored_file (sha256);
CREATE INDEX session_deleting ON session (seq) WHERE deleting;
COMMIT;
PRAGMA user_version = 4;
