"""The statements that turn staged people into rows that can be applied.

`import_nodes` has one row per line of the file; a node of the reporting graph is a position that
stands (its id) or a line that makes one (the line number, negative).
"""

NODES = """
CREATE TEMP TABLE import_nodes ON COMMIT DROP AS
WITH keyed AS (
    SELECT s.*, COALESCE(s.external_id, 'name:' || s.account || ':' || s.name_key,
            'unmet:' || s.account || ':' || COALESCE(s.function, s.title_function, '') || ':'
            || COALESCE(s.title, '')) AS person_key,
        md5(ROW(account, name, function, title, email, phone, roles, reports_to, valid_from,
            influence, support)::text) AS content
    FROM import_stage s
), repeated AS (
    SELECT keyed.*, row_number() OVER by_line > 1 AS again,
        min(content) OVER same <> max(content) OVER same AS differs
    FROM keyed
    WINDOW same AS (PARTITION BY person_key, account, reason IS NULL),
        by_line AS (PARTITION BY person_key, account, reason IS NULL ORDER BY line_no)
)
SELECT r.*, a.account_id, g.current_group_id AS group_id, NULL::bigint AS person_id,
    NULL::bigint AS position_id, NULL::bigint AS boss_position, NULL::bigint AS boss_line,
    COALESCE(r.reason, CASE
        WHEN a.ambiguous THEN 'ambiguous account'
        WHEN a.account_id IS NULL THEN 'unknown account'
        WHEN r.differs THEN 'same key, other content'
        WHEN r.influence IS NOT NULL AND r.influence NOT IN (1, 2, 3, 4, 5)
          OR r.support IS NOT NULL AND r.support NOT IN (-2, -1, 0, 1, 2)
            THEN 'rating off its scale'
        WHEN r.name IS NULL AND COALESCE(r.mail_name, '') = ''
            AND (r.influence IS NOT NULL OR r.support IS NOT NULL)
            THEN 'rating of nobody'
        WHEN r.valid_from > %(as_of)s AND (r.influence IS NOT NULL OR r.support IS NOT NULL)
            THEN 'rating before arrival'
    END) AS problem
FROM repeated r
LEFT JOIN import_accounts a ON a.value = r.account
LEFT JOIN accounts_account g ON g.id = a.account_id
"""
# By an identifier of the file's own system; then by name, of those in force at the account.
MATCH_IDS = """
UPDATE import_nodes n SET person_id = i.person_id FROM accounts_personidentifier i
WHERE i.system = %(system)s AND i.value = n.external_id AND n.problem IS NULL
"""
# Who has an address is somebody: without a name, the one that is known or that the address shows.
NAMES_IN_ADDRESSES = """
UPDATE import_nodes n SET name = COALESCE(x.name, n.mail_name),
    name_key = COALESCE(x.name_key, n.mail_key)
FROM import_nodes o LEFT JOIN accounts_person x ON x.id = o.person_id
WHERE o.line_no = n.line_no AND n.name IS NULL AND n.mail_name <> ''
"""
MATCH_NAMES = """
WITH there AS (
    SELECT p.account_id, x.name_key, min(x.id) AS person_id
    FROM accounts_position p JOIN accounts_person x ON x.id = p.person_id
    WHERE p.valid @> %(as_of)s::date
      AND p.account_id IN (SELECT account_id FROM import_nodes)
    GROUP BY 1, 2 HAVING count(DISTINCT x.id) = 1
)
UPDATE import_nodes n SET person_id = there.person_id FROM there
WHERE n.person_id IS NULL AND n.problem IS NULL AND there.account_id = n.account_id
  AND there.name_key = n.name_key
  AND NOT EXISTS (
    SELECT 1 FROM accounts_personidentifier i
    WHERE n.external_id IS NOT NULL AND i.person_id = there.person_id
      AND i.system = %(system)s AND i.value <> n.external_id)
"""
MATCH_PLACES = """
UPDATE import_nodes n SET position_id = p.id FROM accounts_position p
WHERE p.person_id = n.person_id AND p.account_id = n.account_id
  AND p.valid @> %(as_of)s::date
"""
MATCH_UNMET = """
UPDATE import_nodes n SET position_id = (
    SELECT min(p.id) FROM accounts_position p
    WHERE p.person_id IS NULL AND p.account_id = n.account_id AND p.valid @> %(as_of)s::date
      AND p.function = COALESCE(n.function, n.title_function) AND p.title = COALESCE(n.title, ''))
WHERE n.name IS NULL AND n.problem IS NULL
"""
NO_FUNCTION = """
UPDATE import_nodes n SET problem = CASE
    WHEN n.name IS NULL AND n.function IS NULL AND COALESCE(n.title_function, '') = ''
        THEN 'missing: name' ELSE 'missing: function' END
WHERE n.problem IS NULL AND n.position_id IS NULL AND n.function IS NULL
  AND COALESCE(n.title_function, '') = ''
"""
# A boss by external id or name: first in the file at the same account, then anywhere in the
# file's group by external id, then among those who stand at the account.
BOSS_LINES = """
UPDATE import_nodes n SET boss_line = (
    SELECT min(b.line_no) FROM import_nodes b
    WHERE b.problem IS NULL AND NOT b.again AND b.name IS NOT NULL
      AND (b.external_id = n.reports_to
           OR b.account_id = n.account_id AND b.name = n.reports_to))
WHERE n.reports_to IS NOT NULL AND n.problem IS NULL
"""
BOSS_PLACES = """
UPDATE import_nodes n SET boss_position = COALESCE(
    (SELECT b.position_id FROM import_nodes b WHERE b.line_no = n.boss_line),
    (SELECT min(p.id) FROM accounts_position p
     JOIN accounts_person x ON x.id = p.person_id
     JOIN accounts_account a ON a.id = p.account_id
     LEFT JOIN accounts_personidentifier i ON i.person_id = x.id AND i.system = %(system)s
     WHERE n.boss_line IS NULL AND p.valid @> %(as_of)s::date
       AND (i.value = n.reports_to AND a.current_group_id = n.group_id
            OR x.name = n.reports_to AND p.account_id = n.account_id)))
WHERE n.reports_to IS NOT NULL AND n.problem IS NULL
"""
BAD_BOSSES = """
UPDATE import_nodes n SET problem = CASE
    WHEN n.boss_line IS NULL AND n.boss_position IS NULL THEN 'unknown boss'
    ELSE 'boss at another customer' END
WHERE n.reports_to IS NOT NULL AND n.problem IS NULL AND (
    n.boss_line IS NULL AND n.boss_position IS NULL
    OR n.boss_line IS NOT NULL AND n.group_id <> (
        SELECT b.group_id FROM import_nodes b WHERE b.line_no = n.boss_line))
"""
CYCLES = """
WITH RECURSIVE edges AS (
    SELECT COALESCE(n.position_id, -n.line_no) AS node,
        COALESCE(n.boss_position, -n.boss_line) AS boss
    FROM import_nodes n
    WHERE n.problem IS NULL AND NOT n.again AND n.reports_to IS NOT NULL
    UNION ALL
    SELECT p.id, p.reports_to_id FROM accounts_position p
    WHERE p.reports_to_id IS NOT NULL AND p.account_id IN (
        SELECT a.id FROM accounts_account a
        WHERE a.current_group_id IN (SELECT group_id FROM import_nodes))
      AND NOT EXISTS (
        SELECT 1 FROM import_nodes n WHERE n.position_id = p.id AND n.problem IS NULL
          AND n.reports_to IS NOT NULL)
), walk(start, node) AS (
    SELECT node, boss FROM edges
    UNION
    SELECT walk.start, edges.boss FROM walk JOIN edges ON edges.node = walk.node
)
UPDATE import_nodes n SET problem = 'circle of reporting'
WHERE n.problem IS NULL AND n.reports_to IS NOT NULL AND EXISTS (
    SELECT 1 FROM walk WHERE walk.start = COALESCE(n.position_id, -n.line_no)
      AND walk.node = walk.start)
"""
ROWS = """
CREATE TEMP TABLE import_rows ON COMMIT DROP AS
WITH present AS (
    SELECT DISTINCT ON (r.position_id, r.kind) r.position_id, r.kind, r.value
    FROM accounts_stakeholderrating r
    WHERE r.position_id IN (SELECT position_id FROM import_nodes) AND r.rated_on <= %(as_of)s
    ORDER BY r.position_id, r.kind, r.rated_on DESC, r.id DESC
), merged AS (
    SELECT n.*, x.name AS old_name, x.email AS old_email, x.phone AS old_phone,
        p.function AS old_function, p.title AS old_title, p.roles AS old_roles,
        p.reports_to_id AS old_boss,
        COALESCE(n.function, p.function, NULLIF(n.title_function, '')) AS new_function,
        COALESCE(n.title, p.title, '') AS new_title,
        COALESCE(string_to_array(NULLIF(n.roles, ''), ','), p.roles, '{}') AS new_roles,
        COALESCE(n.name, x.name) AS new_name, COALESCE(n.name_key, x.name_key) AS new_name_key,
        COALESCE(n.email, x.email, '') AS new_email, COALESCE(n.phone, x.phone, '') AS new_phone,
        n.influence IS DISTINCT FROM i.value AND n.influence IS NOT NULL AS says_influence,
        n.support IS DISTINCT FROM s.value AND n.support IS NOT NULL AS says_support
    FROM import_nodes n
    LEFT JOIN accounts_person x ON x.id = n.person_id
    LEFT JOIN accounts_position p ON p.id = n.position_id
    LEFT JOIN present i ON i.position_id = n.position_id AND i.kind = 'influence'
    LEFT JOIN present s ON s.position_id = n.position_id AND s.kind = 'support'
)
SELECT m.line_no, m.person_key, m.external_id, m.account_id, m.person_id, m.position_id,
    m.new_name AS name, m.new_name_key AS name_key, m.new_email AS email, m.new_phone AS phone,
    m.new_function AS function, m.new_title AS title, m.new_roles::varchar[] AS roles,
    m.valid_from, m.boss_line, m.boss_position, m.influence, m.support,
    m.says_influence, m.says_support, m.name IS NULL AS is_unmet,
    NULL::numeric AS amount, NULL::text AS currency,
    m.problem AS reason,
    COALESCE(m.detail, CASE m.problem WHEN 'unknown account' THEN m.account
        WHEN 'ambiguous account' THEN m.account WHEN 'unknown boss' THEN m.reports_to
        WHEN 'boss at another customer' THEN m.reports_to
        WHEN 'circle of reporting' THEN m.reports_to END) AS detail,
    CASE WHEN m.problem IS NOT NULL THEN NULL WHEN m.again THEN 'n'
        WHEN m.position_id IS NULL THEN 'c'
        WHEN m.says_influence OR m.says_support
          OR m.boss_line IS NOT NULL AND m.boss_position IS NULL
          OR m.reports_to IS NOT NULL AND m.boss_position IS DISTINCT FROM m.old_boss
          OR (m.new_name, m.new_email, m.new_phone) IS DISTINCT FROM
             (m.old_name, m.old_email, m.old_phone) AND m.name IS NOT NULL
          OR (m.new_function, m.new_title, m.new_roles::varchar[]) IS DISTINCT FROM
             (m.old_function, m.old_title, m.old_roles)
          OR m.external_id IS NOT NULL AND m.name IS NOT NULL AND NOT EXISTS (
             SELECT 1 FROM accounts_personidentifier k
             WHERE k.system = %(system)s AND k.value = m.external_id) THEN 'u'
        ELSE 'n' END AS action
FROM merged m
"""
INSERT_PEOPLE = """
WITH wanted AS (
    SELECT nextval(pg_get_serial_sequence('accounts_person', 'id')) AS id, person_key,
        min(name) AS name, min(name_key) AS name_key, max(email) AS email, max(phone) AS phone
    FROM import_rows WHERE action = 'c' AND person_id IS NULL AND NOT is_unmet
    GROUP BY person_key
), made AS (
    INSERT INTO accounts_person (id, name, name_key, email, phone, language, created_at,
        updated_at)
    SELECT id, name, name_key, email, phone, '', now(), now() FROM wanted
)
UPDATE import_rows r SET person_id = wanted.id FROM wanted
WHERE wanted.person_key = r.person_key AND r.action IN ('c', 'u') AND r.person_id IS NULL
"""
UPDATE_PEOPLE = """
UPDATE accounts_person x SET name = r.name, name_key = r.name_key, email = r.email,
    phone = r.phone, updated_at = now()
FROM import_rows r WHERE r.action IN ('c', 'u') AND x.id = r.person_id AND NOT r.is_unmet
  AND (x.name, x.email, x.phone) IS DISTINCT FROM (r.name, r.email, r.phone)
"""
INSERT_IDENTIFIERS = """
INSERT INTO accounts_personidentifier (person_id, system, value, created_at, updated_at)
SELECT min(person_id), %(system)s, external_id, now(), now() FROM import_rows
WHERE action IN ('c', 'u') AND external_id IS NOT NULL AND person_id IS NOT NULL
GROUP BY external_id
ON CONFLICT (system, value) DO NOTHING
"""
# Who left and comes back has a new place where the old one ends.
INSERT_PLACES = """
WITH wanted AS (
    SELECT nextval(pg_get_serial_sequence('accounts_position', 'id')) AS id, r.*
    FROM import_rows r WHERE action = 'c'
), made AS (
    INSERT INTO accounts_position (id, account_id, person_id, title, function, roles, valid,
        created_at, updated_at)
    SELECT id, account_id, person_id, title, function, roles, daterange(GREATEST(valid_from, (
            SELECT max(upper(p.valid)) FROM accounts_position p
            WHERE p.person_id = wanted.person_id AND p.account_id = wanted.account_id)), NULL),
        now(), now() FROM wanted
)
UPDATE import_rows r SET position_id = wanted.id FROM wanted WHERE wanted.line_no = r.line_no
"""
UPDATE_PLACES = """
UPDATE accounts_position p SET title = r.title, function = r.function, roles = r.roles,
    updated_at = now()
FROM import_rows r WHERE r.action = 'u' AND p.id = r.position_id
  AND (p.title, p.function, p.roles) IS DISTINCT FROM (r.title, r.function, r.roles)
"""
SET_BOSSES = """
UPDATE accounts_position p SET reports_to_id = bosses.boss, updated_at = now()
FROM (
    SELECT r.position_id, COALESCE(r.boss_position, b.position_id) AS boss
    FROM import_rows r LEFT JOIN import_rows b ON b.line_no = r.boss_line
    WHERE r.action IN ('c', 'u')
) AS bosses
WHERE p.id = bosses.position_id AND bosses.boss IS NOT NULL
  AND p.reports_to_id IS DISTINCT FROM bosses.boss
"""
INSERT_RATINGS = """
INSERT INTO accounts_stakeholderrating (position_id, author_id, kind, value, rated_on, basis,
    evidence, batch_id, recorded_at)
SELECT r.position_id, %(author)s, said.kind, said.value, %(as_of)s, 'assumed', '', %(batch)s,
    now()
FROM import_rows r
CROSS JOIN LATERAL (VALUES ('influence', r.influence, r.says_influence),
    ('support', r.support, r.says_support)) AS said(kind, value, is_new)
WHERE r.action IN ('c', 'u') AND said.is_new AND r.position_id IS NOT NULL
ORDER BY r.line_no, said.kind
"""
REMOVE_PLACES = """
DELETE FROM accounts_position p WHERE p.id IN ({created}) AND p.updated_at <= %(committed_at)s
  AND NOT EXISTS (SELECT 1 FROM accounts_stakeholderrating x WHERE x.position_id = p.id)
  AND NOT EXISTS (SELECT 1 FROM accounts_stakeholdernote x WHERE x.position_id = p.id)
  AND NOT EXISTS (SELECT 1 FROM accounts_decisionstep x WHERE x.position_id = p.id)
  AND NOT EXISTS (SELECT 1 FROM accounts_stakeholderlink x
        WHERE p.id IN (x.from_position_id, x.to_position_id))
  AND NOT EXISTS (SELECT 1 FROM accounts_position x WHERE x.reports_to_id = p.id)
"""
REMOVE_PEOPLE = """
DELETE FROM accounts_person x WHERE x.id IN ({created}) AND x.updated_at <= %(committed_at)s
  AND NOT EXISTS (SELECT 1 FROM accounts_position p WHERE p.person_id = x.id)
"""
REMOVE_IDENTIFIERS = """
DELETE FROM accounts_personidentifier i WHERE i.id IN ({created})
"""
"""The identifiers that the batch made; a person who stays loses what the import called them."""
