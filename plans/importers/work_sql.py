"""Statements that turn staged actions and targets of plans into judged rows.

`import_plans` holds the plan that each line names: by id, or by the account and a day (the only
open plan of the account where no day is told), among those that who imports may write.
`detail` names the column and what stands in it.
"""

PLANS = """
CREATE TEMP TABLE import_plans ON COMMIT DROP AS
WITH wanted AS (
    SELECT s.line_no, btrim(s.plan) AS plan, a.account_id, a.ambiguous, s.account, s.period
    FROM import_stage s LEFT JOIN import_accounts a ON a.value = s.account
), found AS (
    SELECT w.*, f.plan_id, f.candidates
    FROM wanted w LEFT JOIN LATERAL (
        SELECT min(p.id) AS plan_id, count(*) AS candidates FROM plans_plan p
        WHERE (%(everyone)s OR p.id = ANY(%(editable)s::bigint[]))
          AND CASE WHEN w.plan <> '' THEN p.id::text = w.plan
              ELSE p.account_id = w.account_id AND p.state <> 'cancelled'
                  AND (p.period @> w.period OR w.period IS NULL AND p.state <> 'closed') END
    ) AS f ON true
)
SELECT f.line_no, CASE WHEN f.candidates = 1 THEN f.plan_id END AS plan_id, CASE
        WHEN COALESCE(f.plan, '') = '' AND f.account IS NULL THEN 'plan or account'
        WHEN COALESCE(f.plan, '') = '' AND f.ambiguous THEN 'ambiguous account'
        WHEN COALESCE(f.plan, '') = '' AND f.account_id IS NULL THEN 'unknown account'
        WHEN f.candidates > 1 THEN 'several plans'
        WHEN f.candidates = 0 THEN 'unknown plan' END AS problem,
    CASE WHEN COALESCE(f.plan, '') <> '' THEN 'plan: ' || f.plan
        ELSE 'account: ' || COALESCE(f.account, '') END AS detail
FROM found f
"""
OWNERS = """
CREATE TEMP TABLE import_owners ON COMMIT DROP AS
SELECT DISTINCT s.owner AS value, u.id AS owner_id
FROM import_stage s JOIN identity_user u ON u.email = lower(btrim(s.owner)) AND u.is_active
WHERE s.owner IS NOT NULL
"""
PAIRS = """
SELECT DISTINCT o.owner_id, p.plan_id FROM import_stage s
JOIN import_owners o ON o.value = s.owner JOIN import_plans p ON p.line_no = s.line_no
WHERE p.plan_id IS NOT NULL ORDER BY 1, 2
"""
STRANGERS = """
CREATE TEMP TABLE import_strangers ON COMMIT DROP AS
SELECT * FROM unnest(%(owners)s::bigint[], %(plans)s::bigint[]) AS pair(owner_id, plan_id)
"""
ACTIONS = """
CREATE TEMP TABLE import_rows ON COMMIT DROP AS
WITH placed AS (
    SELECT s.*, q.plan_id, q.problem AS plan_problem, q.detail AS plan_detail, p.state AS of_state,
        p.period AS of_period, o.owner_id, x.owner_id IS NOT NULL AS is_stranger,
        b.candidates, t.id AS action_id,
        COALESCE(b.initiative_id, t.initiative_id) AS new_initiative_id,
        COALESCE(o.owner_id, t.owner_id) AS new_owner_id, COALESCE(s.due, t.due_on) AS new_due,
        COALESCE(s.weight, t.weight, 1) AS new_weight,
        COALESCE(s.percent, t.percent) AS new_percent,
        COALESCE(s.state, t.state, 'open') AS new_state, COALESCE(s.done, t.done_on) AS new_done,
        COALESCE(NULLIF(btrim(s.note), ''), t.note, '') AS new_note
    FROM import_stage s
    JOIN import_plans q ON q.line_no = s.line_no
    LEFT JOIN plans_plan p ON p.id = q.plan_id
    LEFT JOIN plans_planaction t ON t.plan_id = q.plan_id AND t.external_key = s.key
    LEFT JOIN import_owners o ON o.value = s.owner
    LEFT JOIN import_strangers x ON x.owner_id = o.owner_id AND x.plan_id = q.plan_id
    LEFT JOIN LATERAL (
        SELECT min(i.id) AS initiative_id, count(*) AS candidates
        FROM plans_initiative i JOIN plans_objective g ON g.id = i.objective_id
        WHERE g.plan_id = q.plan_id AND (s.objective IS NULL OR g.title = btrim(s.objective))
          AND (s.initiative IS NULL OR i.title = btrim(s.initiative))
    ) AS b ON s.objective IS NOT NULL OR s.initiative IS NOT NULL
), repeated AS (
    SELECT f.*, row_number() OVER by_line > 1 AS again,
        min(content) OVER same <> max(content) OVER same AS differs
    FROM (
        SELECT *, md5(ROW(title, note, lower(owner), due, weight, percent, state, done, objective,
            initiative)::text) AS content FROM placed
    ) AS f
    WINDOW same AS (PARTITION BY plan_id, key, reason IS NULL),
        by_line AS (PARTITION BY plan_id, key, reason IS NULL ORDER BY line_no)
), judged AS (
    SELECT r.*, COALESCE(reason, plan_problem, CASE
        WHEN of_state NOT IN ('draft', 'approved', 'active') THEN 'plan not open'
        WHEN candidates = 0 THEN 'unknown initiative'
        WHEN candidates > 1 THEN 'several initiatives'
        WHEN owner IS NOT NULL AND owner_id IS NULL THEN 'unknown owner'
        WHEN is_stranger THEN 'owner may not read the plan'
        WHEN due IS NOT NULL AND NOT of_period @> due THEN 'day outside the plan'
        WHEN weight <= 0 OR weight >= 10000 THEN 'weight out of range'
        WHEN percent < 0 OR percent > 100 THEN 'percent out of range'
        WHEN new_state = 'done' AND new_done IS NULL THEN 'done without a day'
        WHEN done > %(as_of)s THEN 'done in the future'
        WHEN differs THEN 'same key, other content'
    END) AS problem
    FROM repeated r
)
SELECT j.line_no, j.plan_id, j.new_initiative_id AS initiative_id, j.new_owner_id AS owner_id,
    btrim(j.title) AS title, j.new_note AS note, j.new_due AS due,
    round(j.new_weight, 2) AS weight, round(j.new_percent, 2) AS percent, j.new_state AS state,
    CASE WHEN j.new_state = 'done' THEN j.new_done END AS done_on, j.key, j.action_id,
    NULL::numeric AS amount, NULL::text AS currency, j.problem AS reason,
    COALESCE(j.detail, left(CASE j.problem
        WHEN j.plan_problem THEN j.plan_detail WHEN 'plan not open' THEN j.plan_detail
        WHEN 'unknown initiative' THEN 'initiative: ' || concat_ws(' / ', j.objective, j.initiative)
        WHEN 'several initiatives' THEN
            'initiative: ' || concat_ws(' / ', j.objective, j.initiative)
        WHEN 'unknown owner' THEN 'owner: ' || j.owner
        WHEN 'owner may not read the plan' THEN 'owner: ' || j.owner
        WHEN 'day outside the plan' THEN 'due: ' || j.due::text
        WHEN 'weight out of range' THEN 'weight: ' || j.weight::text
        WHEN 'percent out of range' THEN 'percent: ' || j.percent::text
        WHEN 'done without a day' THEN 'done'
        WHEN 'done in the future' THEN 'done: ' || j.done::text
        WHEN 'same key, other content' THEN 'key: ' || j.key END, 200)) AS detail,
    CASE WHEN j.problem IS NOT NULL THEN NULL WHEN j.again THEN 'n' WHEN t.id IS NULL THEN 'c'
        WHEN (t.title, t.note, t.owner_id, t.due_on, t.weight, t.percent, t.state, t.done_on,
              t.initiative_id) IS DISTINCT FROM
             (btrim(j.title)::varchar, j.new_note, j.new_owner_id, j.new_due,
              round(j.new_weight, 2), round(j.new_percent, 2), j.new_state::varchar,
              CASE WHEN j.new_state = 'done' THEN j.new_done END, j.new_initiative_id) THEN 'u'
        ELSE 'n' END AS action
FROM judged j
LEFT JOIN plans_planaction t ON t.id = j.action_id
"""
TOUCHED = "SELECT DISTINCT plan_id FROM import_rows WHERE action IN ('c', 'u') ORDER BY 1"
UPDATE_ACTIONS = """
UPDATE plans_planaction t SET title = r.title, note = r.note, owner_id = r.owner_id,
    due_on = r.due, weight = r.weight, percent = r.percent, state = r.state, done_on = r.done_on,
    initiative_id = r.initiative_id, updated_at = now()
FROM import_rows r WHERE r.action = 'u' AND t.id = r.action_id
"""
INSERT_ACTIONS = """
INSERT INTO plans_planaction (plan_id, initiative_id, title, note, owner_id, due_on, weight,
    percent, state, done_on, origin, is_shareable, external_key, created_by_id, created_at,
    updated_at)
SELECT plan_id, initiative_id, title, note, owner_id, due, weight, percent, state, done_on, 'file',
    false, key, %(author)s::bigint, now(), now()
FROM import_rows WHERE action = 'c' ORDER BY line_no
"""
MADE_ACTIONS = """
SELECT t.id FROM plans_planaction t
JOIN import_rows r ON r.action = 'c' AND t.plan_id = r.plan_id AND t.external_key = r.key
"""
METRICS = """
CREATE TEMP TABLE import_metrics ON COMMIT DROP AS
SELECT * FROM unnest(%(keys)s::text[], %(titles)s::text[], %(directions)s::text[],
    %(grow)s::boolean[], %(least)s::numeric[], %(most)s::numeric[])
    AS metric(key, title, direction, grows, least, most)
"""
TARGETS = """
CREATE TEMP TABLE import_rows ON COMMIT DROP AS
WITH placed AS (
    SELECT s.*, q.plan_id, q.problem AS plan_problem, q.detail AS plan_detail, p.state AS of_state,
        m.key AS known, COALESCE(m.grows, false) AS grows, m.least, m.most,
        COALESCE(NULLIF(btrim(s.title), ''), t.title, m.title) AS new_title, t.id AS kpi_id,
        COALESCE(m.direction, s.direction, t.direction, 'up') AS new_direction, b.candidates,
        COALESCE(s.baseline, t.baseline) AS new_baseline,
        COALESCE(NULLIF(btrim(s.unit), ''), t.unit, '') AS new_unit,
        COALESCE(b.objective_id, t.objective_id) AS new_objective_id
    FROM import_stage s
    JOIN import_plans q ON q.line_no = s.line_no
    LEFT JOIN plans_plan p ON p.id = q.plan_id
    LEFT JOIN import_metrics m ON m.key = lower(btrim(s.metric))
    LEFT JOIN LATERAL (
        SELECT min(g.id) AS objective_id, count(*) AS candidates FROM plans_objective g
        WHERE g.plan_id = q.plan_id AND g.title = btrim(s.objective)
    ) AS b ON s.objective IS NOT NULL
    LEFT JOIN LATERAL (
        SELECT k.* FROM plans_kpitarget k
        WHERE k.plan_id = q.plan_id AND k.metric = COALESCE(m.key, '')
          AND (m.key IS NOT NULL OR k.title = btrim(s.title))
        ORDER BY k.id LIMIT 1
    ) AS t ON true
), repeated AS (
    SELECT f.*, row_number() OVER by_line > 1 AS again,
        min(content) OVER same <> max(content) OVER same AS differs
    FROM (
        SELECT *, COALESCE(known, new_title) AS key, md5(ROW(new_title, unit, new_direction,
            baseline, target, objective)::text) AS content FROM placed
    ) AS f
    WINDOW same AS (PARTITION BY plan_id, key, reason IS NULL),
        by_line AS (PARTITION BY plan_id, key, reason IS NULL ORDER BY line_no)
), judged AS (
    SELECT r.*, COALESCE(reason, plan_problem, CASE
        WHEN of_state <> 'draft' THEN 'plan not a draft'
        WHEN metric IS NOT NULL AND known IS NULL THEN 'unknown measure'
        WHEN new_title IS NULL THEN 'measure or name'
        WHEN candidates = 0 THEN 'unknown objective'
        WHEN candidates > 1 THEN 'several objectives'
        WHEN round(target, 4) = 0 THEN 'target of zero'
        WHEN abs(target) >= 1e16 OR abs(baseline) >= 1e16 THEN 'amount too large'
        WHEN target < least OR target > most THEN 'target beyond the measure'
        WHEN NOT grows AND new_baseline IS NOT NULL
            AND (round(target, 4) = round(new_baseline, 4)
                OR (target > new_baseline) <> (new_direction = 'up'))
            THEN 'target on the wrong side'
        WHEN differs THEN 'same key, other content'
    END) AS problem
    FROM repeated r
)
SELECT j.line_no, j.plan_id, COALESCE(j.known, '') AS metric, j.new_title AS title,
    CASE WHEN j.known IS NULL THEN j.new_unit ELSE '' END AS unit,
    j.new_direction AS direction, round(j.new_baseline, 4) AS baseline,
    round(j.target, 4) AS target, j.new_objective_id AS objective_id, j.kpi_id,
    NULL::numeric AS amount, NULL::text AS currency,
    j.problem AS reason,
    COALESCE(j.detail, left(CASE j.problem
        WHEN j.plan_problem THEN j.plan_detail WHEN 'plan not a draft' THEN j.plan_detail
        WHEN 'unknown measure' THEN 'metric: ' || j.metric
        WHEN 'measure or name' THEN 'metric'
        WHEN 'unknown objective' THEN 'objective: ' || j.objective
        WHEN 'several objectives' THEN 'objective: ' || j.objective
        WHEN 'target of zero' THEN 'target: ' || j.target::text
        WHEN 'amount too large' THEN 'target: ' || j.target::text
        WHEN 'target on the wrong side' THEN 'target: ' || j.target::text
        WHEN 'target beyond the measure' THEN 'target: ' || j.target::text
        WHEN 'same key, other content' THEN 'metric: ' || j.key END, 200)) AS detail,
    CASE WHEN j.problem IS NOT NULL THEN NULL WHEN j.again THEN 'n' WHEN t.id IS NULL THEN 'c'
        WHEN (t.title, t.direction, t.baseline, t.target, t.objective_id) IS DISTINCT FROM
             (j.new_title::varchar, j.new_direction::varchar, round(j.new_baseline, 4),
              round(j.target, 4), j.new_objective_id)
            OR j.known IS NULL AND t.unit <> j.new_unit THEN 'u'
        ELSE 'n' END AS action
FROM judged j
LEFT JOIN plans_kpitarget t ON t.id = j.kpi_id
"""
UPDATE_TARGETS = """
UPDATE plans_kpitarget t SET title = r.title, unit = r.unit, direction = r.direction,
    baseline = r.baseline, target = r.target, objective_id = r.objective_id, updated_at = now()
FROM import_rows r WHERE r.action = 'u' AND t.id = r.kpi_id
"""
INSERT_TARGETS = """
INSERT INTO plans_kpitarget (plan_id, metric, title, unit, direction, baseline, target,
    objective_id, is_shareable, place, created_at, updated_at)
SELECT r.plan_id, r.metric, r.title, r.unit, r.direction, r.baseline, r.target, r.objective_id,
    false, COALESCE(m.last + 1, 0) + row_number() OVER (PARTITION BY r.plan_id ORDER BY r.line_no)
        - 1, now(), now()
FROM import_rows r LEFT JOIN (
    SELECT plan_id, max(place) AS last FROM plans_kpitarget GROUP BY plan_id
) AS m ON m.plan_id = r.plan_id
WHERE r.action = 'c' ORDER BY r.line_no
"""
