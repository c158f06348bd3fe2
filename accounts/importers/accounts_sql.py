"""The statements that turn staged accounts into rows that can be applied.

Every step works on `import_nodes`, one row per account that the file names: its key is the
external id, or the name where there is none.
"""

NODES = """
CREATE TEMP TABLE import_nodes ON COMMIT DROP AS
WITH keyed AS (
    SELECT s.*, COALESCE(external_id, 'name:' || name) AS key,
        md5(ROW(name, parent, kind, country, region, channel, currency, lower(lead), status,
            valid_from, industry, insolvent_since, gln, vat, {addresses})::text) AS content
    FROM import_stage s
), repeated AS (
    SELECT keyed.*, row_number() OVER by_line > 1 AS again,
        min(content) OVER same <> max(content) OVER same AS differs
    FROM keyed
    WINDOW same AS (PARTITION BY key, reason IS NULL),
        by_line AS (PARTITION BY key, reason IS NULL ORDER BY line_no)
)
SELECT r.line_no, r.key, r.external_id, r.name, r.name_key, r.parent, r.kind, r.country,
    r.region, r.channel, r.status, r.valid_from, r.industry, r.insolvent_since, r.gln, r.vat,
    r.again, u.id AS lead_id,
    x.code AS currency_id, NULL::bigint AS account_id, NULL::bigint AS parent_id,
    NULL::text AS parent_key, false AS is_new, false AS linked, false AS shadow, r.detail,
    COALESCE(r.reason, CASE
        WHEN r.external_id IS NULL AND r.name IS NULL THEN 'missing: external_id'
        WHEN r.differs THEN 'same key, other content'
        WHEN r.currency IS NOT NULL AND x.code IS NULL THEN 'unknown currency'
        WHEN r.lead IS NOT NULL AND u.id IS NULL THEN 'unknown lead'
    END) AS reason,
    CASE WHEN r.differs THEN r.key WHEN r.currency IS NOT NULL AND x.code IS NULL THEN r.currency
        WHEN r.lead IS NOT NULL AND u.id IS NULL THEN r.lead END AS what
FROM repeated r
LEFT JOIN core_currency x ON x.code = upper(r.currency)
LEFT JOIN identity_user u ON u.is_active
    AND (u.email = lower(r.lead) OR u.staff_number = r.lead AND r.lead <> '')
"""
# By an identifier of the file's own system. Of duplicates that were merged, the survivor's
# oldest identifier speaks for it and the others change nothing ("shadow").
MATCH_OWN = """
WITH own AS (
    SELECT i.value, COALESCE(a.merged_into_id, a.id) AS account_id,
        row_number() OVER (PARTITION BY COALESCE(a.merged_into_id, a.id)
            ORDER BY a.merged_into_id IS NOT NULL, i.id) AS place
    FROM accounts_accountidentifier i JOIN accounts_account a ON a.id = i.account_id
    WHERE i.system = %(system)s AND i.value IN (SELECT external_id FROM import_nodes)
)
UPDATE import_nodes n SET account_id = own.account_id, shadow = own.place > 1
FROM own WHERE own.value = n.external_id
"""
# An account that only exists because some file named it: no identifier of this system but the
# name itself. Then an account known by the exact name alone, on both sides only once.
MATCH_STUBS = """
WITH stubs AS (
    SELECT i.value, min(i.account_id) AS account_id
    FROM accounts_accountidentifier i JOIN accounts_account a
        ON a.id = i.account_id AND a.name = i.value AND a.merged_into_id IS NULL
    WHERE i.value IN (SELECT external_id FROM import_nodes WHERE account_id IS NULL)
    GROUP BY 1 HAVING count(DISTINCT i.account_id) = 1
)
UPDATE import_nodes n SET account_id = stubs.account_id, linked = true FROM stubs
WHERE n.account_id IS NULL AND n.external_id = stubs.value
"""
MATCH_NAMES = """
WITH named AS (
    SELECT a.name, min(a.id) AS account_id, count(*) AS found
    FROM accounts_account a WHERE a.merged_into_id IS NULL
      AND a.name IN (SELECT name FROM import_nodes WHERE account_id IS NULL AND reason IS NULL)
      AND NOT EXISTS (SELECT 1 FROM import_nodes n WHERE n.account_id = a.id)
      AND (NOT EXISTS (SELECT 1 FROM accounts_accountidentifier i
                       WHERE i.account_id = a.id AND i.system = %(system)s AND i.value <> a.name)
           OR a.name IN (SELECT name FROM import_nodes WHERE external_id IS NULL))
    GROUP BY 1
), once AS (
    SELECT name FROM import_nodes WHERE reason IS NULL AND account_id IS NULL
    GROUP BY 1 HAVING count(DISTINCT key) = 1
)
UPDATE import_nodes n SET
    account_id = CASE WHEN named.found = 1 THEN named.account_id END,
    linked = named.found = 1 AND n.external_id IS NOT NULL,
    reason = CASE WHEN named.found > 1 AND n.external_id IS NULL THEN 'ambiguous account'
        ELSE n.reason END,
    what = CASE WHEN named.found > 1 AND n.external_id IS NULL THEN n.name ELSE n.what END
FROM named WHERE n.name = named.name AND n.account_id IS NULL AND n.reason IS NULL
  AND n.name IN (SELECT name FROM once)
"""
NEW_IDS = """
WITH new AS (
    SELECT key, nextval(pg_get_serial_sequence('accounts_account', 'id')) AS id FROM (
        SELECT key, min(line_no) AS line FROM import_nodes
        WHERE account_id IS NULL AND reason IS NULL GROUP BY 1 ORDER BY 2) AS k
)
UPDATE import_nodes n SET account_id = new.id, is_new = true FROM new
WHERE new.key = n.key AND n.reason IS NULL
"""
# Location numbers and VAT ids are one account's alone, here and in the file.
NUMBERS = """
CREATE TEMP TABLE import_numbers ON COMMIT DROP AS
SELECT line_no, account_id, said.system, said.value FROM import_nodes
CROSS JOIN LATERAL (VALUES ('GLN', gln), ('VAT', vat)) AS said(system, value)
WHERE reason IS NULL AND said.value IS NOT NULL
"""
TAKEN_NUMBERS = """
UPDATE import_nodes n SET reason = 'number of another account', what = said.value
FROM import_numbers said WHERE said.line_no = n.line_no AND n.reason IS NULL AND (
    EXISTS (SELECT 1 FROM accounts_accountidentifier i JOIN accounts_account a
            ON a.id = i.account_id WHERE i.system = said.system AND i.value = said.value
            AND COALESCE(a.merged_into_id, a.id) <> said.account_id)
    OR EXISTS (SELECT 1 FROM import_numbers o WHERE o.system = said.system
            AND o.value = said.value AND o.account_id <> said.account_id))
"""
INSERT_NUMBERS = """
INSERT INTO accounts_accountidentifier (account_id, system, value, created_at, updated_at)
SELECT r.account_id, n.system, n.value, now(), now()
FROM import_rows r JOIN import_numbers n USING (line_no)
WHERE r.action IN ('c', 'u') ORDER BY r.line_no, n.system
ON CONFLICT (system, value) DO NOTHING
"""
# Parents: an external id in the file, in the own system, in any system if unique; then an exact
# name in the file or here, if it means one account only.
PARENTS = """
CREATE TEMP TABLE import_parents ON COMMIT DROP AS
WITH wanted AS (
    SELECT DISTINCT parent AS value FROM import_nodes WHERE parent IS NOT NULL AND reason IS NULL
), in_file AS (
    SELECT external_id AS value, min(account_id) AS id FROM import_nodes
    WHERE external_id IN (SELECT value FROM wanted) AND account_id IS NOT NULL GROUP BY 1
), own AS (
    SELECT i.value, i.account_id AS id FROM accounts_accountidentifier i JOIN wanted USING (value)
    WHERE i.system = %(system)s
), elsewhere AS (
    SELECT i.value, min(i.account_id) AS id, count(DISTINCT i.account_id) AS found
    FROM accounts_accountidentifier i JOIN wanted USING (value) GROUP BY 1
), names AS (
    SELECT name AS value, account_id AS id FROM import_nodes
    WHERE name IN (SELECT value FROM wanted) AND account_id IS NOT NULL AND reason IS NULL
    UNION
    SELECT a.name, a.id FROM accounts_account a JOIN wanted ON wanted.value = a.name
    WHERE a.merged_into_id IS NULL
), named AS (
    SELECT value, min(id) AS id, count(*) AS found FROM names GROUP BY 1
)
SELECT wanted.value, COALESCE(in_file.id, own.id,
        CASE WHEN elsewhere.found = 1 THEN elsewhere.id END,
        CASE WHEN elsewhere.found IS NULL AND named.found = 1 THEN named.id END) AS account_id,
    in_file.id IS NULL AND own.id IS NULL
        AND COALESCE(elsewhere.found, named.found, 0) > 1 AS ambiguous,
    false AS created
FROM wanted LEFT JOIN in_file USING (value) LEFT JOIN own USING (value)
LEFT JOIN elsewhere USING (value) LEFT JOIN named USING (value)
"""
LINK_PARENTS = """
UPDATE import_nodes n SET parent_id = COALESCE(a.merged_into_id, p.account_id),
    reason = CASE WHEN p.ambiguous THEN 'ambiguous parent'
        WHEN p.account_id IS NULL AND NOT %(create)s THEN 'unknown parent'
        WHEN p.account_id = n.account_id THEN 'parent below itself' END,
    what = n.parent
FROM import_parents p LEFT JOIN accounts_account a ON a.id = p.account_id
WHERE p.value = n.parent AND n.reason IS NULL
"""
# A new account that is rejected cannot be a parent either; again until nothing changes.
ORPHANS = """
UPDATE import_nodes n SET reason = 'unknown parent', what = n.parent
WHERE n.reason IS NULL AND n.parent_id IS NOT NULL
  AND NOT EXISTS (SELECT 1 FROM accounts_account a WHERE a.id = n.parent_id)
  AND NOT EXISTS (SELECT 1 FROM import_nodes p WHERE p.account_id = n.parent_id
                  AND p.reason IS NULL)
"""
# Up from each moved account, by the file's parents first, then by today's. Links of other dates
# are the database's to refuse.
CYCLES = """
WITH RECURSIVE links AS (
    SELECT account_id, parent_id FROM import_nodes
    WHERE reason IS NULL AND parent_id IS NOT NULL AND NOT again AND NOT shadow
    UNION ALL
    SELECT l.account_id, l.parent_id FROM accounts_parentlink l
    WHERE l.valid @> %(as_of)s::date AND NOT EXISTS (
        SELECT 1 FROM import_nodes n WHERE n.account_id = l.account_id AND n.reason IS NULL
          AND n.parent_id IS NOT NULL)
), up(start, node, steps) AS (
    SELECT account_id, parent_id, 1 FROM import_nodes
    WHERE reason IS NULL AND parent_id IS NOT NULL
    UNION
    SELECT up.start, links.parent_id, up.steps + 1 FROM up
    JOIN links ON links.account_id = up.node WHERE up.node <> up.start AND up.steps < 100
)
UPDATE import_nodes n SET reason = 'parent below itself', what = n.parent
WHERE n.account_id IN (SELECT start FROM up WHERE node = start OR steps >= 100)
  AND n.parent_id IS NOT NULL AND n.reason IS NULL
"""
ROWS = """
CREATE TEMP TABLE import_rows ON COMMIT DROP AS
WITH dated AS (
    SELECT n.*, COALESCE(n.valid_from, CASE WHEN NOT n.is_new THEN %(as_of)s::date END) AS since
    FROM import_nodes n
), compared AS (
    SELECT d.*, a.name AS old_name,
        COALESCE(d.name, a.name, d.external_id) AS new_name,
        COALESCE(d.kind, a.kind,
            CASE WHEN d.parent IS NULL THEN 'group' ELSE 'legal_entity' END) AS new_kind,
        COALESCE(d.status, NULLIF(a.status, 'merged'), 'active') AS new_status,
        COALESCE(NULLIF(d.country, ''), a.country, '') AS new_country,
        COALESCE(d.region, a.region, '') AS new_region,
        COALESCE(d.channel, a.channel, '') AS new_channel,
        COALESCE(d.currency_id, a.currency_id) AS new_currency,
        COALESCE(d.industry, a.industry, '') AS new_industry, a.industry AS old_industry,
        COALESCE(d.insolvent_since, a.insolvent_since) AS new_insolvent,
        a.insolvent_since AS old_insolvent,
        EXISTS (SELECT 1 FROM import_numbers said WHERE said.line_no = d.line_no
            AND NOT EXISTS (SELECT 1 FROM accounts_accountidentifier i
                WHERE i.system = said.system AND i.value = said.value)) AS numbered,
        a.kind AS old_kind, a.status AS old_status, a.country AS old_country,
        a.region AS old_region, a.channel AS old_channel, a.currency_id AS old_currency,
        d.parent IS NOT NULL AND NOT EXISTS (
            SELECT 1 FROM accounts_parentlink l WHERE l.account_id = d.account_id
              AND l.parent_id = d.parent_id
              AND l.valid @> COALESCE(d.since, '-infinity'::date)) AS moves,
        d.lead_id IS NOT NULL AND NOT EXISTS (
            SELECT 1 FROM accounts_leadassignment l WHERE l.account_id = d.account_id
              AND l.user_id = d.lead_id
              AND l.valid @> COALESCE(d.since, '-infinity'::date)) AS led,
        EXISTS (SELECT 1 FROM import_addresses p WHERE p.line_no = d.line_no AND p.differs)
            AS addressed,
        d.external_id IS NOT NULL AND NOT EXISTS (
            SELECT 1 FROM accounts_accountidentifier i
            WHERE i.system = %(system)s AND i.value = d.external_id) AS named
    FROM dated d LEFT JOIN accounts_account a ON a.id = d.account_id
)
SELECT line_no, account_id, external_id, new_name, name_key, new_kind, new_status, new_country,
    new_region, new_channel, new_currency, new_industry, new_insolvent, parent, parent_id, lead_id,
    since, moves, led, named, linked, is_new, NULL::numeric AS amount, NULL::text AS currency,
    reason, COALESCE(detail, CASE WHEN reason IS NOT NULL THEN left(what, 200) END) AS detail,
    CASE WHEN reason IS NOT NULL THEN NULL WHEN again OR shadow THEN 'n' WHEN is_new THEN 'c'
        WHEN moves OR led OR named OR numbered OR addressed
          OR (new_name, new_kind, new_status, new_country, new_region, new_channel,
              new_currency::varchar, new_industry, new_insolvent) IS DISTINCT FROM (old_name,
              old_kind, old_status, old_country, old_region, old_channel, old_currency,
              old_industry, old_insolvent) THEN 'u'
        ELSE 'n' END AS action
FROM compared
"""
UNKEYED = "SELECT account_id, new_name FROM import_rows WHERE action = 'c' AND name_key IS NULL"
KEYED = """
UPDATE import_rows r SET name_key = k.name_key
FROM unnest(%(ids)s::bigint[], %(keys)s::text[]) AS k(id, name_key) WHERE k.id = r.account_id
"""
INSERT_ACCOUNTS = """
INSERT INTO accounts_account (id, name, name_key, kind, status, country, region, channel,
    industry, insolvent_since, currency_id, current_group_id, path, lead_chain, created_at,
    updated_at)
SELECT account_id, new_name, name_key, new_kind, new_status, new_country, new_region,
    new_channel, new_industry, new_insolvent, new_currency, account_id,
    ARRAY[account_id], '{}', now(), now()
FROM import_rows WHERE action = 'c' ORDER BY line_no
"""
UPDATE_ACCOUNTS = """
UPDATE accounts_account a SET name = r.new_name,
    name_key = CASE WHEN a.name = r.new_name THEN a.name_key
        ELSE COALESCE(r.name_key, a.name_key) END,
    kind = r.new_kind, status = r.new_status, country = r.new_country, region = r.new_region,
    channel = r.new_channel, currency_id = r.new_currency, industry = r.new_industry,
    insolvent_since = r.new_insolvent, updated_at = now()
FROM import_rows r WHERE r.action = 'u' AND a.id = r.account_id
  AND (a.name, a.kind, a.status, a.country, a.region, a.channel, a.currency_id, a.industry,
       a.insolvent_since) IS DISTINCT FROM (r.new_name, r.new_kind, r.new_status, r.new_country,
      r.new_region, r.new_channel, r.new_currency::varchar, r.new_industry, r.new_insolvent)
"""
INSERT_IDENTIFIERS = """
INSERT INTO accounts_accountidentifier (account_id, system, value, created_at, updated_at)
SELECT account_id, %(system)s, external_id, now(), now() FROM import_rows
WHERE action IN ('c', 'u') AND named ORDER BY line_no
ON CONFLICT (system, value) DO NOTHING
"""
# A dated row from a day on: what reaches past that day ends there, what begins later goes.
DATED = {
    "accounts_parentlink": ("parent_id", "moves"),
    "accounts_leadassignment": ("lead_id", "led"),
}
CUT_SHORT = """
SELECT t.id FROM {table} t JOIN import_rows r ON r.account_id = t.account_id
    AND r.action = 'u' AND r.{flag} AND t.valid && daterange(r.since, NULL)
"""
REMOVE_LATER = """
DELETE FROM {table} t USING import_rows r WHERE r.account_id = t.account_id
    AND r.action = 'u' AND r.{flag} AND t.valid <@ daterange(r.since, NULL)
"""
END_EARLIER = """
UPDATE {table} t SET valid = daterange(lower(t.valid), r.since), updated_at = now()
FROM import_rows r WHERE r.account_id = t.account_id AND r.action = 'u' AND r.{flag}
    AND t.valid && daterange(r.since, NULL)
"""
BEGIN_NEW = """
INSERT INTO {table} (account_id, {target}, valid, created_at, updated_at)
SELECT account_id, {column}, daterange(since, NULL), now(), now() FROM import_rows
WHERE action IN ('c', 'u') AND {flag} AND {column} IS NOT NULL
"""
