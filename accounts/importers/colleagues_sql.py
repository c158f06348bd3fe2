"""Statements that turn a staged personnel file into users without a password."""

NODES = """
CREATE TEMP TABLE import_nodes ON COMMIT DROP AS
WITH repeated AS (
    SELECT s.line_no, s.reason, s.detail, s.external_id, s.email, s.manager, s.role,
        COALESCE(s.name, s.mail_name) AS name, s.name IS NOT NULL AS is_named,
        COALESCE(s.title, '') AS title,
        row_number() OVER by_line > 1 AS again,
        min(ROW(s.external_id, s.email, s.name, s.title, s.manager)::text) OVER same
            <> max(ROW(s.external_id, s.email, s.name, s.title, s.manager)::text) OVER same
            AS differs
    FROM import_stage s
    WINDOW same AS (PARTITION BY COALESCE(s.external_id, s.email), s.reason IS NULL),
        by_line AS (PARTITION BY COALESCE(s.external_id, s.email), s.reason IS NULL
            ORDER BY s.line_no)
)
SELECT r.*, COALESCE(n.id, m.id) AS user_id, NULL::bigint AS manager_id,
    NULL::integer AS manager_line,
    COALESCE(r.reason, CASE
        WHEN r.differs THEN 'same key, other content'
        WHEN n.id <> m.id OR n.id IS NULL AND m.staff_number <> '' AND r.external_id IS NOT NULL
            THEN 'address of somebody else'
        WHEN EXISTS (SELECT 1 FROM import_stage o WHERE o.email = r.email
                AND o.external_id IS DISTINCT FROM r.external_id)
            THEN 'address of somebody else'
    END) AS problem
FROM repeated r
LEFT JOIN identity_user n ON n.staff_number = r.external_id AND n.staff_number <> ''
LEFT JOIN identity_user m ON m.email = r.email
"""
MANAGERS = """
UPDATE import_nodes n SET
    manager_line = (SELECT min(b.line_no) FROM import_nodes b
        WHERE b.problem IS NULL AND (b.external_id = n.manager OR b.email = lower(n.manager))),
    manager_id = (SELECT min(u.id) FROM identity_user u
        WHERE u.staff_number = n.manager OR u.email = lower(n.manager))
WHERE n.manager IS NOT NULL AND n.problem IS NULL
"""
CYCLES = """
WITH RECURSIVE above AS (
    SELECT line_no AS start, manager_line AS line_no FROM import_nodes
    WHERE manager_line IS NOT NULL
    UNION
    SELECT a.start, n.manager_line FROM above a JOIN import_nodes n ON n.line_no = a.line_no
    WHERE n.manager_line IS NOT NULL
)
UPDATE import_nodes n SET problem = CASE
    WHEN n.manager_line IS NULL AND n.manager_id IS NULL THEN 'manager not found'
    ELSE 'circle of managers' END
WHERE n.problem IS NULL AND n.manager IS NOT NULL AND (
    n.manager_line IS NULL AND n.manager_id IS NULL
    OR EXISTS (SELECT 1 FROM above a WHERE a.start = n.line_no AND a.line_no = n.line_no))
"""
ROWS = """
CREATE TEMP TABLE import_rows ON COMMIT DROP AS
SELECT n.line_no, n.problem AS reason, NULL::numeric AS amount, NULL::text AS currency,
    COALESCE(n.detail, CASE n.problem WHEN 'manager not found' THEN n.manager
        WHEN 'circle of managers' THEN n.manager WHEN 'address of somebody else' THEN n.email
        WHEN 'same key, other content' THEN COALESCE(n.external_id, n.email) END) AS detail,
    COALESCE(n.external_id, '') AS staff_number, n.email, n.title, COALESCE(n.role, '') AS role,
    n.user_id, n.manager_id, n.manager_line,
    CASE WHEN n.is_named OR n.user_id IS NULL THEN n.name ELSE u.full_name END AS name,
    CASE WHEN n.problem IS NOT NULL THEN NULL WHEN n.again THEN 'n' WHEN u.id IS NULL THEN 'c'
        WHEN n.is_named AND u.full_name <> n.name OR n.title <> '' AND u.job_title <> n.title
            OR n.external_id IS NOT NULL AND u.staff_number <> n.external_id THEN 'u'
        ELSE 'n' END AS action
FROM import_nodes n LEFT JOIN identity_user u ON u.id = n.user_id
"""
MADE_ADDRESSES = """
SELECT count(*) FROM import_rows WHERE action = 'c' AND email LIKE '%%.invalid'
"""
UPDATE = """
UPDATE identity_user u SET full_name = r.name, updated_at = now(),
    job_title = CASE WHEN r.title = '' THEN u.job_title ELSE r.title END,
    staff_number = CASE WHEN r.staff_number = '' THEN u.staff_number ELSE r.staff_number END
FROM import_rows r WHERE r.action = 'u' AND u.id = r.user_id
"""
# Without a usable password: an administrator sends the link to set one.
INSERT = """
INSERT INTO identity_user (password, email, full_name, roles, job_title, staff_number, language,
    is_active, is_superuser, session_epoch, created_at, updated_at)
SELECT '!' || md5(random()::text), email, name,
    CASE WHEN role = '' THEN '{}'::varchar[] ELSE ARRAY[role]::varchar[] END,
    title, staff_number, 'en', true, false, 0, now(), now()
FROM import_rows WHERE action = 'c' ORDER BY line_no
"""
FOUND = """
UPDATE import_rows r SET user_id = u.id FROM identity_user u
WHERE r.user_id IS NULL AND r.reason IS NULL AND u.email = r.email
"""
# Whoever sells, has a manager in the file and is in no team yet.
_WANTED = """
    SELECT r.line_no, r.manager_line FROM import_rows r
    LEFT JOIN identity_user u ON u.id = r.user_id
    WHERE r.reason IS NULL AND r.role <> '' AND u.team_id IS NULL
      AND r.manager_line IS NOT NULL
"""
TEAM_MANAGERS = f"""
SELECT DISTINCT b.line_no FROM ({_WANTED}) AS w JOIN import_rows b ON b.line_no = w.manager_line
WHERE b.role <> ''
"""
# From the top down: a team stands under the team of the manager's own manager.
TEAMS = f"""
WITH RECURSIVE managers AS ({TEAM_MANAGERS}), depth AS (
    SELECT r.line_no, r.manager_line, 0 AS level FROM import_rows r
    WHERE r.line_no IN (SELECT line_no FROM managers)
    UNION ALL
    SELECT d.line_no, r.manager_line, d.level + 1 FROM depth d
    JOIN import_rows r ON r.line_no = d.manager_line AND r.reason IS NULL
), deepest AS (SELECT line_no, max(level) AS level FROM depth GROUP BY 1)
SELECT r.user_id, b.user_id, r.name FROM deepest d
JOIN import_rows r ON r.line_no = d.line_no
LEFT JOIN import_rows b ON b.line_no = r.manager_line
    AND b.line_no IN (SELECT line_no FROM managers)
ORDER BY d.level, r.line_no
"""
# The manager and those below who manage no team of their own.
JOIN = """
UPDATE identity_user u SET team_id = %(team)s, updated_at = now()
FROM import_rows r LEFT JOIN import_rows b ON b.line_no = r.manager_line
WHERE u.id = r.user_id AND u.team_id IS NULL AND r.role <> '' AND r.reason IS NULL
  AND (r.user_id = %(manager)s OR b.user_id = %(manager)s AND NOT EXISTS (
        SELECT 1 FROM import_rows below WHERE below.manager_line = r.line_no
            AND below.role <> '' AND below.reason IS NULL))
"""
SIGNED_IN = """
SELECT EXISTS (SELECT 1 FROM identity_user u WHERE u.id = ANY(%(ids)s) AND u.last_login IS NOT NULL)
"""
LEAVE = "UPDATE identity_user SET team_id = NULL WHERE team_id = ANY(%(teams)s)"
EMPTY_TEAMS = """
DELETE FROM identity_salesteam t WHERE t.id = ANY(%(teams)s)
"""
# What a row was before is kept without what nobody may read.
KEEP_NO_SECRETS = """
UPDATE imports_importchange SET before = jsonb_build_object('full_name', before -> 'full_name',
    'job_title', before -> 'job_title', 'staff_number', before -> 'staff_number')
WHERE batch_id = %(batch)s AND "table" = 'identity_user' AND before IS NOT NULL
"""
PUT_BACK = """
UPDATE identity_user u SET full_name = c.before ->> 'full_name',
    job_title = c.before ->> 'job_title', staff_number = c.before ->> 'staff_number'
FROM imports_importchange c
WHERE c.batch_id = %(batch)s AND c."table" = 'identity_user' AND c.before IS NOT NULL
  AND c.row_id = u.id AND u.updated_at <= %(committed_at)s
"""
