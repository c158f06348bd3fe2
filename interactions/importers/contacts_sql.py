"""The statements that turn staged lines into contacts.

`import_lines` has one row per line of the file, `import_people` one per line and person of theirs.
A contact is known by its key within the source; without one by account, time, kind and words.
"""

NAMES = """
CREATE TEMP TABLE import_names ON COMMIT DROP AS
SELECT * FROM unnest(%(values)s::text[], %(keys)s::text[]) AS n(value, name_key)
"""
TOKENS = """
SELECT DISTINCT btrim(token) FROM import_stage
CROSS JOIN LATERAL regexp_split_to_table(people, ';') AS token
WHERE people IS NOT NULL AND btrim(token) <> ''
"""
LINES = """
CREATE TEMP TABLE import_lines ON COMMIT DROP AS
WITH keyed AS (
    SELECT s.*, a.account_id, a.ambiguous, g.current_group_id AS group_id,
        (s.date + CASE WHEN s.clock ~ '^[0-9]' THEN s.clock::time ELSE '12:00' END)
            AT TIME ZONE %(zone)s AS at,
        COALESCE(s.direction, CASE WHEN s.kind IN ('email', 'message') THEN 'outbound'
            ELSE 'two_way' END) AS turned,
        COALESCE(s.confidential, 'no') = 'yes' AS secret,
        COALESCE(s.key, md5(ROW(a.account_id, s.account, s.date, s.clock, s.kind,
            s.summary)::text)) AS own_key,
        md5(ROW(s.account, s.date, s.clock, s.kind, s.direction, s.minutes, s.people, s.colleague,
            s.summary, s.text, s.place, s.confidential)::text) AS content
    FROM import_stage s
    LEFT JOIN import_accounts a ON a.value = s.account
    LEFT JOIN accounts_account g ON g.id = a.account_id
), repeated AS (
    SELECT k.*, row_number() OVER by_line > 1 AS again,
        min(content) OVER same <> max(content) OVER same AS differs
    FROM keyed k
    WINDOW same AS (PARTITION BY own_key, reason IS NULL),
        by_line AS (PARTITION BY own_key, reason IS NULL ORDER BY line_no)
)
SELECT r.*, CASE WHEN r.minutes BETWEEN 1 AND 1440 THEN r.minutes::smallint END AS lasted,
    u.id AS user_id, p.id AS place_id,
    COALESCE(own.id, typed.id) AS interaction_id, typed.id IS NOT NULL AND own.id IS NULL AS typed,
    left(%(system)s || ':' || r.own_key, 255) AS source_key,
    COALESCE(r.reason, CASE
        WHEN r.ambiguous THEN 'ambiguous account'
        WHEN r.account_id IS NULL THEN 'unknown account'
        WHEN r.differs THEN 'same key, other content'
        WHEN r.clock = 'bad' THEN 'no time of day'
        WHEN r.at > now() THEN 'contact in the future'
        WHEN r.date < '1990-01-01' THEN 'contact too early'
        WHEN r.minutes IS NOT NULL AND (r.minutes NOT BETWEEN 1 AND 1440
            OR r.minutes <> trunc(r.minutes)) THEN 'minutes of no day'
        WHEN r.colleague IS NOT NULL AND u.id IS NULL THEN 'unknown colleague'
        WHEN r.place IS NOT NULL AND p.id IS NULL THEN 'unknown place'
        WHEN p.current_group_id <> r.group_id THEN 'place of another customer'
    END) AS problem
FROM repeated r
LEFT JOIN LATERAL (
    SELECT min(x.id) AS id FROM identity_user x
    WHERE r.colleague IS NOT NULL
      AND (lower(x.email) = lower(r.colleague) OR x.staff_number = r.colleague)
) u ON true
LEFT JOIN import_places f ON f.value = r.place AND NOT f.ambiguous
LEFT JOIN accounts_account p ON p.id = f.account_id
LEFT JOIN interactions_interaction own ON own.source = 'import'
    AND own.source_key IN (left(%(system)s || ':' || r.own_key, 255), r.own_key)
LEFT JOIN interactions_interaction typed ON typed.id = CASE
        WHEN r.own_key ~ '^kam-[0-9]{1,18}$' THEN substring(r.own_key FROM 5)::bigint END
    AND typed.account_id = r.account_id
    AND typed.kind = r.kind AND date_trunc('minute', typed.occurred_at) = r.at
"""
# Whoever an address or an identifier names, else a name among those who stand there that day.
PEOPLE = """
CREATE TEMP TABLE import_people ON COMMIT DROP AS
WITH named AS (
    SELECT DISTINCT l.line_no, l.account_id, l.group_id, l.date, btrim(token) AS token, n.name_key
    FROM import_lines l CROSS JOIN LATERAL regexp_split_to_table(l.people, ';') AS token
    JOIN import_names n ON n.value = btrim(token)
    WHERE l.problem IS NULL AND l.people IS NOT NULL
), known AS (
    SELECT value, array_agg(DISTINCT person_id) AS ids FROM (
        SELECT n.value, x.id AS person_id FROM import_names n
        JOIN accounts_person x ON lower(x.email) = lower(n.value) AND x.email <> ''
        UNION ALL
        SELECT n.value, i.person_id FROM import_names n
        JOIN accounts_personidentifier i ON i.value = n.value
    ) both_ways GROUP BY value
), standing AS (
    SELECT n.line_no, n.token, p.id AS position_id, p.person_id,
        p.account_id = n.account_id AS is_own
    FROM named n JOIN accounts_account a ON a.current_group_id = n.group_id
    JOIN accounts_position p ON p.account_id = a.id AND p.valid @> n.date
    JOIN accounts_person x ON x.id = p.person_id
    LEFT JOIN known k ON k.value = n.token
    WHERE x.id = ANY(k.ids) OR k.ids IS NULL AND x.name_key = n.name_key
)
SELECT n.line_no, n.token, found.position_id, COALESCE(found.people, 0) AS people,
    EXISTS (SELECT 1 FROM known k WHERE k.value = n.token)
    OR EXISTS (SELECT 1 FROM accounts_person x WHERE x.name_key = n.name_key) AS is_somebody
FROM named n
LEFT JOIN LATERAL (
    SELECT (array_agg(s.position_id ORDER BY s.is_own DESC, s.position_id))[1] AS position_id,
        count(DISTINCT s.person_id) AS people
    FROM standing s WHERE s.line_no = n.line_no AND s.token = n.token
) found ON true
"""
BAD_PEOPLE = """
UPDATE import_lines l SET problem = bad.problem, detail = bad.token
FROM (
    SELECT DISTINCT ON (line_no) line_no, token, CASE
        WHEN people > 1 THEN 'ambiguous person'
        WHEN is_somebody THEN 'person not there' ELSE 'unknown person' END AS problem
    FROM import_people WHERE people <> 1 ORDER BY line_no, token
) bad WHERE bad.line_no = l.line_no AND l.problem IS NULL
"""
_PEOPLE_OF_LINE = """
    COALESCE((SELECT array_agg(DISTINCT w.position_id ORDER BY w.position_id)
        FROM import_people w WHERE w.line_no = l.line_no), '{}')
"""
_PEOPLE_OF_CONTACT = """
    COALESCE((SELECT array_agg(t.position_id ORDER BY t.position_id)
        FROM interactions_participant t WHERE t.interaction_id = l.interaction_id), '{}')
"""
ROWS = f"""
CREATE TEMP TABLE import_rows ON COMMIT DROP AS
WITH compared AS (
    SELECT l.*, (i.kind, i.direction, i.occurred_at, i.minutes, i.place_id, i.summary, i.text,
            i.is_confidential, i.account_id)
        IS DISTINCT FROM (l.kind, l.turned, l.at, l.lasted, l.place_id, l.summary,
            COALESCE(l.text, ''), l.secret, l.account_id)
        OR {_PEOPLE_OF_LINE} <> {_PEOPLE_OF_CONTACT}
        OR l.user_id IS NOT NULL AND i.author_id <> l.user_id AS is_changed,
        EXISTS (SELECT 1 FROM interactions_correction c
            WHERE c.interaction_id = l.interaction_id) AS is_corrected,
        i.author_id AS old_author
    FROM import_lines l LEFT JOIN interactions_interaction i ON i.id = l.interaction_id
), judged AS (
    SELECT c.*, COALESCE(c.problem, CASE
        WHEN c.interaction_id IS NOT NULL AND c.is_changed AND c.is_corrected AND NOT c.typed
            THEN 'corrected by hand'
        WHEN c.interaction_id IS NULL AND c.user_id IS NULL AND %(author)s::bigint IS NULL
            THEN 'nobody of ours' END) AS verdict
    FROM compared c
)
SELECT line_no, interaction_id, account_id, kind, turned, at, date, lasted AS minutes,
    place_id, summary, COALESCE(text, '') AS text, secret, source_key,
    COALESCE(user_id, old_author, %(author)s::bigint) AS author_id,
    NULL::numeric AS amount, NULL::text AS currency, verdict AS reason,
    COALESCE(detail, CASE verdict WHEN 'unknown account' THEN account
        WHEN 'ambiguous account' THEN account WHEN 'unknown colleague' THEN colleague
        WHEN 'unknown place' THEN place WHEN 'place of another customer' THEN place END) AS detail,
    CASE WHEN verdict IS NOT NULL THEN NULL WHEN again OR typed THEN 'n'
        WHEN interaction_id IS NULL THEN 'c' WHEN is_changed THEN 'u' ELSE 'n' END AS action
FROM judged
"""
INSERT = """
WITH wanted AS (
    SELECT nextval(pg_get_serial_sequence('interactions_interaction', 'id')) AS id, r.*
    FROM import_rows r WHERE action = 'c'
), made AS (
    INSERT INTO interactions_interaction (id, account_id, kind, direction, occurred_at,
        occurred_on, minutes, place_id, summary, text, is_confidential, author_id, source,
        source_key, batch_id, created_at, updated_at)
    SELECT id, account_id, kind, turned, at, date, minutes, place_id, summary, text, secret,
        author_id, 'import', source_key, %(batch)s, now(), now() FROM wanted ORDER BY line_no
)
UPDATE import_rows r SET interaction_id = wanted.id FROM wanted WHERE wanted.line_no = r.line_no
"""
UPDATE = """
UPDATE interactions_interaction i SET account_id = r.account_id, kind = r.kind,
    direction = r.turned, occurred_at = r.at, occurred_on = r.date, minutes = r.minutes,
    place_id = r.place_id, summary = r.summary, text = r.text, is_confidential = r.secret,
    author_id = r.author_id, updated_at = now()
FROM import_rows r WHERE r.action = 'u' AND i.id = r.interaction_id
"""
_GONE = """
SELECT t.id FROM interactions_participant t
JOIN import_rows r ON r.interaction_id = t.interaction_id
WHERE r.action = 'u' AND NOT EXISTS (
    SELECT 1 FROM import_people w WHERE w.line_no = r.line_no AND w.position_id = t.position_id)
"""
GONE = " ".join(_GONE.split())
DROP_PEOPLE = f"DELETE FROM interactions_participant WHERE id IN ({GONE})"
ADD_PEOPLE = """
INSERT INTO interactions_participant (interaction_id, position_id)
SELECT DISTINCT r.interaction_id, w.position_id
FROM import_rows r JOIN import_people w ON w.line_no = r.line_no
WHERE r.action IN ('c', 'u')
ON CONFLICT DO NOTHING
"""
ADD_COLLEAGUES = """
INSERT INTO interactions_colleague (interaction_id, user_id)
SELECT interaction_id, author_id FROM import_rows WHERE action IN ('c', 'u')
ON CONFLICT DO NOTHING
"""
# A contact stays when something grew out of it, when it was corrected or changed since.
_FREE = """
    i.id IN ({created}) AND i.updated_at <= %(committed_at)s
    AND NOT EXISTS (SELECT 1 FROM interactions_correction c WHERE c.interaction_id = i.id)
    AND NOT EXISTS (SELECT 1 FROM interactions_attachment f WHERE f.interaction_id = i.id)
    AND NOT EXISTS (SELECT 1 FROM interactions_note n WHERE n.interaction_id = i.id)
"""
FREE = "SELECT i.id FROM interactions_interaction i WHERE" + _FREE
