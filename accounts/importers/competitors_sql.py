"""The statements that turn staged rows about competitors into rows that can be applied."""

# A merged duplicate leads to its survivor. Without a country the name alone must tell; a name
# that stands with and without country in one file could mean two.
COMPETITORS = """
CREATE TEMP TABLE import_competitors ON COMMIT DROP AS
WITH wanted AS (
    SELECT competitor_key AS key, COALESCE(country, '') AS country, min(competitor) AS name
    FROM import_stage WHERE competitor_key IS NOT NULL GROUP BY 1, 2
)
SELECT w.key, w.country, w.name, CASE WHEN f.found = 1 THEN f.id END AS competitor_id,
    false AS created,
    COALESCE(f.found, 0) > 1 OR COALESCE(f.found, 0) = 0 AND w.country = '' AND EXISTS (
        SELECT 1 FROM wanted o WHERE o.key = w.key AND o.country <> '') AS ambiguous
FROM wanted w LEFT JOIN LATERAL (
    SELECT min(q.id) AS id, count(*) AS found FROM (
        SELECT DISTINCT COALESCE(c.merged_into_id, c.id) AS id
        FROM accounts_competitor c
        WHERE c.name_key = w.key AND (w.country = '' OR c.country IN (w.country, ''))
          AND (w.country = '' OR c.country = w.country OR NOT EXISTS (
                SELECT 1 FROM accounts_competitor x
                WHERE x.name_key = w.key AND x.country = w.country))
          AND (c.merged_into_id IS NULL OR NOT EXISTS (
                SELECT 1 FROM accounts_competitor x WHERE x.name_key = w.key
                  AND x.country = c.country AND x.merged_into_id IS NULL))
    ) AS q
) AS f ON true
"""
ROWS = """
CREATE TEMP TABLE import_rows ON COMMIT DROP AS
WITH found AS (
    SELECT s.*, a.account_id, a.ambiguous, c.category_id, k.competitor_id,
        k.ambiguous AS unclear, COALESCE(k.competitor_id::text, k.key || '/' || k.country) AS whom,
        x.code AS currency_code,
        COALESCE(upper(s.currency), a.currency_id, %(base)s) AS currency_wanted,
        s.price IS NOT NULL OR s.terms IS NOT NULL AS is_seen,
        s.share IS NOT NULL OR s.price IS NULL AND s.terms IS NULL AS stands,
        COALESCE(s.seen_on, %(as_of)s::date) AS said_on
    FROM import_stage s
    LEFT JOIN import_accounts a ON a.value = s.account
    LEFT JOIN import_categories c ON c.value = s.category
    LEFT JOIN import_competitors k ON k.key = s.competitor_key
        AND k.country = COALESCE(s.country, '')
    LEFT JOIN core_currency x ON x.code = COALESCE(upper(s.currency), a.currency_id, %(base)s)
), known AS (
    SELECT f.*, p.id AS presence_id, p.valid AS old_valid,
        CASE WHEN p.id IS NULL THEN f.since ELSE lower(p.valid) END AS first_day,
        COALESCE(f.until, upper(p.valid)) AS end_day,
        COALESCE(round(f.share, 4), p.share) AS new_share,
        CASE WHEN f.share IS NULL THEN COALESCE(p.share_source, '')
            ELSE COALESCE(f.source, p.share_source, '') END AS new_source,
        CASE WHEN f.share IS NULL THEN p.share_on
            WHEN f.seen_on IS NULL AND p.share = round(f.share, 4) THEN p.share_on
            ELSE f.said_on END AS new_on,
        CASE WHEN f.share IS NULL THEN p.confidence
            ELSE COALESCE(f.confidence, p.confidence, %(medium)s) END AS sure,
        COALESCE(f.note, p.note, '') AS new_note,
        p.share AS old_share, p.share_source AS old_source, p.share_on AS old_on,
        p.confidence AS old_sure, p.note AS old_note
    FROM found f LEFT JOIN LATERAL (
        SELECT o.* FROM accounts_competitorpresence o
        WHERE f.stands AND o.account_id = f.account_id AND o.competitor_id = f.competitor_id
          AND o.category_id IS NOT DISTINCT FROM f.category_id
          AND (lower(o.valid) = f.since OR f.since IS NULL
                AND (lower_inf(o.valid) OR o.valid @> %(as_of)s::date))
        ORDER BY upper(o.valid) IS NOT DISTINCT FROM f.until DESC, o.valid @> %(as_of)s::date DESC,
            o.id LIMIT 1
    ) AS p ON true
), repeated AS (
    SELECT k.*, row_number() OVER place > 1 AS again, row_number() OVER sight > 1 AS seen_again,
        stands AND min(said) OVER whole <> max(said) OVER whole AS differs
    FROM (SELECT known.*,
            md5(ROW(account_id, whom, category_id, first_day)::text) AS place_key,
            md5(ROW(account_id, whom, category_id, product, price, currency_wanted, unit, terms,
                said_on, source)::text) AS sight_key,
            md5(ROW(end_day, new_share, new_source, new_on, sure, new_note)::text) AS said
        FROM known) AS k
    WINDOW whole AS (PARTITION BY place_key, stands, reason IS NULL),
        place AS (PARTITION BY place_key, stands, reason IS NULL ORDER BY line_no),
        sight AS (PARTITION BY sight_key, is_seen, reason IS NULL ORDER BY line_no)
), judged AS (
    SELECT r.*, COALESCE(r.reason, CASE
        WHEN ambiguous THEN 'ambiguous account'
        WHEN account_id IS NULL THEN 'unknown account'
        WHEN unclear THEN 'ambiguous competitor'
        WHEN category IS NOT NULL AND category_id IS NULL THEN 'unknown category'
        WHEN differs THEN 'same key, other content'
        WHEN share NOT BETWEEN 0 AND 1 THEN 'share is not between 0 and 1'
        WHEN share IS NOT NULL AND new_source = '' OR is_seen AND source IS NULL
            THEN 'no source'
        WHEN confidence NOT IN (1, 2, 3, 4, 5) THEN 'bad confidence'
        WHEN said_on > %(as_of)s THEN 'seen in the future'
        WHEN stands AND first_day >= end_day THEN 'ends before it begins'
        WHEN price <= 0 THEN 'price of nothing'
        WHEN price >= 1e14 THEN 'amount too large'
        WHEN price IS NOT NULL AND currency_code IS NULL THEN 'unknown currency'
        WHEN price IS NOT NULL AND unit IS NULL THEN 'no unit'
        WHEN is_seen AND product IS NULL AND category_id IS NULL THEN 'price of what'
    END) AS problem
    FROM repeated r
), apart AS (
    SELECT j.*, CASE WHEN problem IS NULL AND stands AND (EXISTS (
        SELECT 1 FROM accounts_competitorpresence o
        WHERE o.account_id = j.account_id AND o.competitor_id = j.competitor_id
          AND o.category_id IS NOT DISTINCT FROM j.category_id
          AND o.id IS DISTINCT FROM j.presence_id
          AND o.valid && daterange(j.first_day, j.end_day)
          AND NOT EXISTS (SELECT 1 FROM judged n WHERE n.presence_id = o.id AND n.problem IS NULL
                AND n.end_day <= j.first_day)
    ) OR EXISTS (
        SELECT 1 FROM judged o
        WHERE o.stands AND o.problem IS NULL AND o.line_no < j.line_no
          AND o.place_key <> j.place_key AND o.account_id = j.account_id AND o.whom = j.whom
          AND o.category_id IS NOT DISTINCT FROM j.category_id
          AND daterange(o.first_day, o.end_day) && daterange(j.first_day, j.end_day)
    )) THEN 'overlaps another presence' ELSE problem END AS verdict
    FROM judged j
), weighed AS (
    SELECT a.*,
        CASE WHEN verdict IS NOT NULL OR again OR NOT stands THEN NULL
            WHEN presence_id IS NULL THEN 'c'
            WHEN (upper(old_valid), old_share, old_source::text, old_on, old_sure::integer,
                old_note::text) IS DISTINCT FROM (end_day, new_share, new_source::text, new_on,
                sure::integer, new_note::text) THEN 'u' END AS presence_action,
        verdict IS NULL AND is_seen AND NOT seen_again AND NOT EXISTS (
            SELECT 1 FROM accounts_competitorprice o
            WHERE o.account_id = a.account_id AND o.competitor_id = a.competitor_id
              AND o.category_id IS NOT DISTINCT FROM a.category_id
              AND o.product = COALESCE(a.product, '') AND o.terms = COALESCE(a.terms, '')
              AND o.price IS NOT DISTINCT FROM round(a.price, 4) AND o.seen_where = a.source
              AND (a.price IS NULL OR o.currency_id = a.currency_wanted AND o.unit = a.unit)
              AND (a.seen_on IS NULL OR o.seen_on = a.seen_on)) AS new_price
    FROM apart a
)
SELECT line_no, account_id, competitor_id, competitor_key, COALESCE(country, '') AS country,
    category_id, presence_id, first_day, end_day, new_share, new_source, new_on, sure, new_note,
    product, price, CASE WHEN price IS NOT NULL THEN currency_wanted END AS price_currency, unit,
    terms, said_on, source, presence_action, new_price,
    NULL::numeric AS amount, NULL::text AS currency, verdict AS reason,
    COALESCE(detail, CASE verdict WHEN 'unknown account' THEN account
        WHEN 'ambiguous account' THEN account WHEN 'ambiguous competitor' THEN competitor
        WHEN 'unknown category' THEN category
        WHEN 'unknown currency' THEN currency_wanted END) AS detail,
    CASE WHEN verdict IS NOT NULL THEN NULL WHEN presence_action = 'c' OR new_price THEN 'c'
        ELSE COALESCE(presence_action, 'n') END AS action
FROM weighed
"""
NEW_COMPETITORS = """
SELECT k.key, k.country, k.name FROM import_competitors k
WHERE k.competitor_id IS NULL AND NOT k.ambiguous AND EXISTS (
    SELECT 1 FROM import_rows r WHERE r.competitor_key = k.key AND r.country = k.country
      AND r.action IN ('c', 'u'))
ORDER BY k.name
"""
CREATE_COMPETITORS = f"""
WITH made AS (
    INSERT INTO accounts_competitor (name, name_key, country, note, created_at, updated_at)
    SELECT n.name, n.key, n.country, '', now(), now() FROM ({NEW_COMPETITORS}) AS n
    RETURNING id, name_key, country
), known AS (
    UPDATE import_competitors k SET competitor_id = made.id, created = true FROM made
    WHERE made.name_key = k.key AND made.country = k.country
)
UPDATE import_rows r SET competitor_id = made.id FROM made
WHERE r.competitor_id IS NULL AND made.name_key = r.competitor_key AND made.country = r.country
"""
UPDATE_PRESENCES = """
UPDATE accounts_competitorpresence t SET valid = daterange(lower(t.valid), r.end_day),
    share = r.new_share, share_source = r.new_source, share_on = r.new_on, confidence = r.sure,
    note = r.new_note, updated_at = now()
FROM import_rows r WHERE r.presence_action = 'u' AND t.id = r.presence_id
"""
INSERT_PRESENCES = """
INSERT INTO accounts_competitorpresence (account_id, competitor_id, category_id, valid, share,
    share_source, share_on, confidence, note, created_at, updated_at)
SELECT account_id, competitor_id, category_id, daterange(first_day, end_day), new_share,
    new_source, new_on, sure, new_note, now(), now()
FROM import_rows WHERE presence_action = 'c' ORDER BY line_no
"""
INSERT_PRICES = """
INSERT INTO accounts_competitorprice (account_id, competitor_id, category_id, product, price,
    currency_id, unit, terms, seen_on, seen_where, author_id, created_at, updated_at)
SELECT account_id, competitor_id, category_id, COALESCE(product, ''), round(price, 4),
    price_currency, COALESCE(unit, ''), COALESCE(terms, ''), said_on, source, %(author)s, now(),
    now()
FROM import_rows WHERE new_price ORDER BY line_no
"""
# Who was made by the batch goes when nothing is noted of them.
REMOVE_COMPETITORS = """
DELETE FROM accounts_competitor t WHERE t.id IN ({created}) AND t.updated_at <= %(committed_at)s
  AND NOT EXISTS (SELECT 1 FROM accounts_competitorpresence x WHERE x.competitor_id = t.id)
  AND NOT EXISTS (SELECT 1 FROM accounts_competitorprice x WHERE x.competitor_id = t.id)
  AND NOT EXISTS (SELECT 1 FROM accounts_competitormove x WHERE x.competitor_id = t.id)
  AND NOT EXISTS (SELECT 1 FROM accounts_competitor x WHERE x.merged_into_id = t.id)
"""
