from django.db import migrations

# Sums that differ from the lines can be made anew; nobody else changes them still.
KEPT = """
CREATE OR REPLACE FUNCTION settlements_sums_are_kept() RETURNS trigger LANGUAGE plpgsql AS $body$
BEGIN
    IF TG_OP = 'TRUNCATE' AND current_setting('kam.allow_truncate', true) = 'on'
        OR {more}pg_trigger_depth() > 1 THEN RETURN NULL; END IF;
    RAISE EXCEPTION '% on %: lines of accepted reports alone make the sums', TG_OP, TG_TABLE_NAME
        USING ERRCODE = 'check_violation', TABLE = TG_TABLE_NAME,
              CONSTRAINT = 'sales_report_sums_of_lines';
END $body$;
"""
REBUILT = "current_setting('kam.rewriting_report_sums', true) = 'on' OR "


class Migration(migrations.Migration):
    dependencies = [("settlements", "0025_disputes_within_statement")]

    operations = [migrations.RunSQL(KEPT.format(more=REBUILT), KEPT.format(more=""))]
