using System.Collections.Immutable;

namespace ModelOps.Reconciler.State;

/// <summary>The tables, as the steps that led to them. A step is never edited once released; add one instead.</summary>
internal static class StateSchema
{
    internal static ImmutableArray<string> Migrations { get; } =
    [
        """
        CREATE TABLE facts (
            key TEXT PRIMARY KEY,
            value TEXT NOT NULL
        ) WITHOUT ROWID;
        CREATE TABLE revisions (
            revision TEXT PRIMARY KEY,
            author TEXT NOT NULL,
            subject TEXT NOT NULL,
            seen_at TEXT NOT NULL,
            outcome TEXT NOT NULL,
            message TEXT NOT NULL
        );
        CREATE TABLE managed (
            name TEXT PRIMARY KEY,
            model TEXT NOT NULL,
            build TEXT NOT NULL,
            inputs TEXT NOT NULL,
            revision TEXT NOT NULL,
            protect INTEGER NOT NULL
        ) WITHOUT ROWID;
        CREATE TABLE builds (
            inputs TEXT PRIMARY KEY,
            build TEXT NOT NULL,
            description TEXT NOT NULL,
            made_at TEXT NOT NULL
        ) WITHOUT ROWID;
        CREATE TABLE contents (
            object TEXT PRIMARY KEY,
            digest TEXT NOT NULL
        ) WITHOUT ROWID;
        CREATE TABLE steps (
            id INTEGER PRIMARY KEY,
            revision TEXT NOT NULL,
            model TEXT NOT NULL,
            step TEXT NOT NULL,
            state TEXT NOT NULL,
            detail TEXT NOT NULL,
            at TEXT NOT NULL
        );
        CREATE INDEX steps_by_model ON steps (model, id);
        CREATE TABLE holds (
            model TEXT PRIMARY KEY,
            inputs TEXT NOT NULL,
            reason TEXT NOT NULL,
            actor TEXT NOT NULL,
            at TEXT NOT NULL
        ) WITHOUT ROWID;
        CREATE TABLE events (
            id INTEGER PRIMARY KEY AUTOINCREMENT,
            at TEXT NOT NULL,
            type TEXT NOT NULL,
            severity TEXT NOT NULL,
            subject TEXT NOT NULL,
            revision TEXT NOT NULL,
            build TEXT NOT NULL,
            message TEXT NOT NULL
        );
        CREATE TABLE history (
            id INTEGER PRIMARY KEY AUTOINCREMENT,
            revision TEXT NOT NULL,
            result TEXT NOT NULL,
            started_at TEXT NOT NULL,
            duration_ms INTEGER NOT NULL,
            author TEXT NOT NULL,
            message TEXT NOT NULL
        );
        """,

        // Events are a closed list and say who and which request; history has a row per revision and one per model of it.
        """
        ALTER TABLE events ADD COLUMN actor TEXT NOT NULL DEFAULT '';
        ALTER TABLE events ADD COLUMN request TEXT NOT NULL DEFAULT '';
        UPDATE events SET type = CASE WHEN subject = '' THEN 'FetchFailed' ELSE 'BuildFailed' END
            WHERE type IN ('FetchFailed', 'SourceMissing', 'AuthFailed', 'HostKeyUnknown', 'HostKeyMismatch', 'SourceInvalid',
                           'GitMissing', 'Timeout');
        ALTER TABLE history RENAME TO history_by_retry;
        CREATE TABLE history (
            id INTEGER PRIMARY KEY AUTOINCREMENT,
            run INTEGER NOT NULL,
            revision TEXT NOT NULL,
            model TEXT NOT NULL,
            result TEXT NOT NULL,
            started_at TEXT NOT NULL,
            duration_ms INTEGER NOT NULL,
            attempts INTEGER NOT NULL,
            author TEXT NOT NULL,
            build TEXT NOT NULL,
            message TEXT NOT NULL
        );
        INSERT INTO history (run, revision, model, result, started_at, duration_ms, attempts, author, build, message)
            SELECT id, revision, '', result, started_at, duration_ms, 1, author, '', message FROM history_by_retry
            WHERE id IN (SELECT MAX(id) FROM history_by_retry GROUP BY revision) ORDER BY id;
        UPDATE history SET run = id;
        DROP TABLE history_by_retry;
        CREATE UNIQUE INDEX history_of_run ON history (run, model);
        CREATE INDEX history_of_model ON history (model, id);
        """,

        // What people asked of the loop, what came of it, and what they approved; a hold says how far it reaches and what it refuses.
        """
        CREATE TABLE requests (
            id INTEGER PRIMARY KEY AUTOINCREMENT,
            token TEXT NOT NULL UNIQUE,
            verb TEXT NOT NULL,
            model TEXT NOT NULL,
            argument TEXT NOT NULL,
            actor TEXT NOT NULL,
            reason TEXT NOT NULL,
            at TEXT NOT NULL,
            outcome TEXT NOT NULL,
            message TEXT NOT NULL,
            handled_at TEXT
        );
        CREATE INDEX requests_by_outcome ON requests (outcome, id);
        CREATE TABLE audit (
            id INTEGER PRIMARY KEY AUTOINCREMENT,
            at TEXT NOT NULL,
            actor TEXT NOT NULL,
            verb TEXT NOT NULL,
            model TEXT NOT NULL,
            argument TEXT NOT NULL,
            reason TEXT NOT NULL,
            request TEXT NOT NULL,
            outcome TEXT NOT NULL,
            message TEXT NOT NULL,
            hash TEXT NOT NULL
        );
        CREATE TABLE approvals (
            digest TEXT PRIMARY KEY,
            actor TEXT NOT NULL,
            reason TEXT NOT NULL,
            at TEXT NOT NULL
        ) WITHOUT ROWID;
        ALTER TABLE holds ADD COLUMN reach TEXT NOT NULL DEFAULT 'Build';
        ALTER TABLE holds ADD COLUMN build TEXT NOT NULL DEFAULT '';
        ALTER TABLE holds ADD COLUMN attempt TEXT NOT NULL DEFAULT '';
        ALTER TABLE holds ADD COLUMN request TEXT NOT NULL DEFAULT '';
        """,

        // A source is known by the operator's name of it. What is known of it survives a restart, as do the verdict of each stage over a
        // revision, the policy of a name, and since when a name is not declared.
        """
        CREATE TABLE sources (
            name TEXT PRIMARY KEY,
            tip TEXT,
            last_fetch TEXT,
            last_success TEXT,
            failure TEXT,
            error TEXT
        ) WITHOUT ROWID;
        CREATE TABLE stages (
            source TEXT NOT NULL,
            revision TEXT NOT NULL,
            stage TEXT NOT NULL,
            verdict TEXT NOT NULL,
            reason TEXT NOT NULL,
            message TEXT NOT NULL,
            diagnostics TEXT NOT NULL,
            at TEXT NOT NULL,
            PRIMARY KEY (source, revision, stage)
        ) WITHOUT ROWID;
        CREATE TABLE undeclared (
            name TEXT PRIMARY KEY,
            since TEXT NOT NULL
        ) WITHOUT ROWID;
        CREATE TABLE content_pins (
            subject TEXT PRIMARY KEY,
            fingerprint TEXT NOT NULL
        ) WITHOUT ROWID;
        ALTER TABLE managed ADD COLUMN policy TEXT NOT NULL DEFAULT '';
        INSERT INTO facts (key, value)
            SELECT 'source.location', substr(value, 1, instr(value, '#') - 1) FROM facts WHERE key = 'source' AND instr(value, '#') > 0;
        INSERT INTO facts (key, value)
            SELECT 'source.branch', substr(rest, 1, instr(rest, '#') - 1)
            FROM (SELECT substr(value, instr(value, '#') + 1) AS rest FROM facts WHERE key = 'source') WHERE instr(rest, '#') > 0;
        UPDATE facts SET value = 'main' WHERE key = 'source';
        """,

        // Several sources: what was accepted, applied and let through belongs to a source, and a name, a run of the history and an event
        // say of which source they are.
        """
        ALTER TABLE sources ADD COLUMN branch TEXT;
        ALTER TABLE sources ADD COLUMN location TEXT;
        ALTER TABLE sources ADD COLUMN accepted TEXT;
        ALTER TABLE sources ADD COLUMN applied TEXT;
        ALTER TABLE sources ADD COLUMN rewind_allowed TEXT;
        INSERT INTO sources (name) SELECT value FROM facts WHERE key = 'source' ON CONFLICT (name) DO NOTHING;
        UPDATE sources SET
            branch = COALESCE((SELECT value FROM facts WHERE key = 'source.branch'), 'HEAD'),
            location = COALESCE((SELECT value FROM facts WHERE key = 'source.location'), ''),
            accepted = (SELECT value FROM facts WHERE key = 'accepted'),
            applied = (SELECT value FROM facts WHERE key = 'applied'),
            rewind_allowed = (SELECT value FROM facts WHERE key = 'rewind_allowed')
            WHERE name = (SELECT value FROM facts WHERE key = 'source');
        ALTER TABLE managed ADD COLUMN source TEXT NOT NULL DEFAULT 'main';
        ALTER TABLE history ADD COLUMN source TEXT NOT NULL DEFAULT 'main';
        ALTER TABLE events ADD COLUMN source TEXT NOT NULL DEFAULT '';
        UPDATE managed SET source = COALESCE((SELECT value FROM facts WHERE key = 'source'), 'main');
        UPDATE history SET source = COALESCE((SELECT value FROM facts WHERE key = 'source'), 'main');
        DELETE FROM facts WHERE key IN ('source', 'source.branch', 'source.location', 'accepted', 'applied', 'rewind_allowed');
        """,

        // The work on a model that goes on, or that failed and is tried again: it is taken up after a restart.
        """
        CREATE TABLE operations (
            model TEXT PRIMARY KEY,
            source TEXT NOT NULL,
            revision TEXT NOT NULL,
            plan TEXT NOT NULL,
            inputs TEXT NOT NULL,
            attempt TEXT NOT NULL,
            phase TEXT NOT NULL,
            step INTEGER NOT NULL,
            since TEXT NOT NULL,
            phase_since TEXT NOT NULL,
            completed INTEGER NOT NULL,
            total INTEGER NOT NULL,
            attempts INTEGER NOT NULL,
            reason TEXT NOT NULL,
            message TEXT NOT NULL,
            next_retry TEXT
        ) WITHOUT ROWID;
        """,

        // Which keys a source was trusted with, and why what is accepted is not trusted with them.
        """
        ALTER TABLE sources ADD COLUMN trust TEXT;
        ALTER TABLE sources ADD COLUMN trust_loss TEXT;
        """,

        // Builds that took over a while ago and go back by themselves when they serve badly.
        """
        CREATE TABLE observations (
            model TEXT PRIMARY KEY,
            build TEXT NOT NULL,
            previous TEXT NOT NULL,
            since TEXT NOT NULL,
            until TEXT NOT NULL
        ) WITHOUT ROWID;
        """,

        // The last time that nothing answered for a model while a build took over; when weights at rest were read last, and which of them
        // are not what their digest says.
        """
        CREATE TABLE pauses (
            model TEXT PRIMARY KEY,
            at TEXT NOT NULL,
            took_ms INTEGER NOT NULL,
            waited INTEGER NOT NULL,
            refused INTEGER NOT NULL
        ) WITHOUT ROWID;
        CREATE TABLE verifications (
            source TEXT PRIMARY KEY,
            begun_at TEXT NOT NULL,
            ended_at TEXT,
            blobs INTEGER NOT NULL,
            bytes INTEGER NOT NULL
        ) WITHOUT ROWID;
        CREATE TABLE damages (
            digest TEXT PRIMARY KEY,
            at TEXT NOT NULL,
            detail TEXT NOT NULL
        ) WITHOUT ROWID;
        """,
    ];
}
