"""Statements that turn staged months of sales plans into judged rows."""

ROWS = """
CREATE TEMP TABLE import_rows ON COMMIT DROP AS
WITH placed AS (
    SELECT s.*, q.plan_id, q.problem AS plan_problem, q.detail AS plan_detail, p.state AS of_state,
        p.period AS of_period, p.currency_id AS of_currency, c.category_id,
        s.category IS NULL OR lower(btrim(s.category)) = ANY(%(rest)s::text[]) AS is_rest
    FROM import_stage s
    JOIN import_plans q ON q.line_no = s.line_no
    LEFT JOIN plans_plan p ON p.id = q.plan_id
    LEFT JOIN import_categories c ON c.value = s.category
), repeated AS (
    SELECT f.*, row_number() OVER by_line > 1 AS again,
        min(content) OVER same <> max(content) OVER same AS differs
    FROM (SELECT *, md5(ROW(amount, volume)::text) AS content FROM placed) AS f
    WINDOW same AS (PARTITION BY plan_id, category_id, month, reason IS NULL),
        by_line AS (PARTITION BY plan_id, category_id, month, reason IS NULL ORDER BY line_no)
), judged AS (
    SELECT r.*, COALESCE(reason, plan_problem, CASE
        WHEN of_state <> 'draft' THEN 'sales plan not a draft'
        WHEN category_id IS NULL AND NOT is_rest THEN 'unknown category'
        WHEN NOT of_period && daterange(month, (month + interval '1 month')::date)
            THEN 'month outside the plan'
        WHEN amount < 0 OR volume < 0 THEN 'negative sales'
        WHEN amount >= 1e15 OR volume >= 1e13 THEN 'amount too large'
        WHEN upper(currency) <> of_currency THEN 'other currency than the plan'
        WHEN differs THEN 'same key, other content'
    END) AS problem
    FROM repeated r
)
SELECT j.line_no, j.plan_id, j.category_id, j.month, round(j.amount, 4) AS amount,
    round(j.volume, 4) AS volume, j.of_currency AS currency, t.id AS month_id, j.problem AS reason,
    COALESCE(j.detail, left(CASE j.problem
        WHEN j.plan_problem THEN j.plan_detail WHEN 'sales plan not a draft' THEN j.plan_detail
        WHEN 'unknown category' THEN 'category: ' || j.category
        WHEN 'month outside the plan' THEN 'month: ' || to_char(j.month, 'YYYY-MM')
        WHEN 'negative sales' THEN 'amount: ' || j.amount::text
        WHEN 'amount too large' THEN 'amount: ' || j.amount::text
        WHEN 'other currency than the plan' THEN 'currency: ' || j.currency
        WHEN 'same key, other content' THEN 'month: ' || to_char(j.month, 'YYYY-MM') END, 200)
    ) AS detail,
    CASE WHEN j.problem IS NOT NULL THEN NULL WHEN j.again THEN 'n' WHEN t.id IS NULL THEN 'c'
        WHEN t.amount <> round(j.amount, 4)
            OR t.volume IS DISTINCT FROM COALESCE(round(j.volume, 4), t.volume) THEN 'u'
        ELSE 'n' END AS action
FROM judged j
LEFT JOIN plans_salesline l ON l.plan_id = j.plan_id
    AND l.category_id IS NOT DISTINCT FROM j.category_id AND j.problem IS NULL
LEFT JOIN plans_salesmonth t ON t.line_id = l.id AND t.month = j.month
"""
TOUCHED = "SELECT DISTINCT plan_id FROM import_rows WHERE action IN ('c', 'u') ORDER BY 1"
INSERT_LINES = """
INSERT INTO plans_salesline (plan_id, category_id, unit, note, place, created_at, updated_at)
SELECT w.plan_id, w.category_id, '', '', COALESCE(h.place, 0)
        + row_number() OVER (PARTITION BY w.plan_id ORDER BY w.first_line), now(), now()
FROM (
    SELECT plan_id, category_id, min(line_no) AS first_line FROM import_rows WHERE action = 'c'
    GROUP BY plan_id, category_id
) AS w
LEFT JOIN LATERAL (
    SELECT max(l.place) AS place FROM plans_salesline l WHERE l.plan_id = w.plan_id
) AS h ON true
WHERE NOT EXISTS (
    SELECT FROM plans_salesline l WHERE l.plan_id = w.plan_id
        AND l.category_id IS NOT DISTINCT FROM w.category_id)
"""
UPDATE_MONTHS = """
UPDATE plans_salesmonth t SET amount = r.amount, volume = COALESCE(r.volume, t.volume),
    updated_at = now()
FROM import_rows r WHERE r.action = 'u' AND t.id = r.month_id
"""
INSERT_MONTHS = """
INSERT INTO plans_salesmonth (line_id, month, amount, volume, created_at, updated_at)
SELECT l.id, r.month, r.amount, r.volume, now(), now()
FROM import_rows r JOIN plans_salesline l ON l.plan_id = r.plan_id
    AND l.category_id IS NOT DISTINCT FROM r.category_id
WHERE r.action = 'c' ORDER BY r.line_no
"""
PLANS_OF = """
SELECT DISTINCT l.plan_id FROM plans_salesmonth t JOIN plans_salesline l ON l.id = t.line_id
JOIN imports_importchange c ON c.row_id = t.id AND c."table" = 'plans_salesmonth'
    AND c.batch_id = %(batch)s ORDER BY 1
"""
EMPTY_LINES = """
DELETE FROM plans_salesline t USING imports_importchange c
WHERE c.batch_id = %(batch)s AND c."table" = 'plans_salesline' AND c.before IS NULL
    AND c.row_id = t.id AND NOT EXISTS (SELECT FROM plans_salesmonth m WHERE m.line_id = t.id)
"""
