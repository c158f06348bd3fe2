import django.db.models.deletion
from django.db import migrations, models

# The database keeps them: written when a report is accepted, moved with its account in a merge.
SUMS = """
CREATE FUNCTION settlements_sum_reports(reports bigint[]) RETURNS void LANGUAGE sql AS $body$
    INSERT INTO settlements_salesreportsum (report_id, store_id, product_id, category_id, tax_rate,
        currency_id, first_day, last_day, sold, returned, sales, returns, without_amount)
    SELECT r.id, l.store_id, l.product_id, l.category_id, l.tax_rate, l.currency_id,
        min(COALESCE(l.sold_on, upper(r.period) - 1)),
        max(COALESCE(l.sold_on, upper(r.period) - 1)),
        sum(l.quantity_sold), sum(l.quantity_returned),
        sum(l.gross_amount) FILTER (WHERE l.gross_amount > 0),
        sum(l.gross_amount) FILTER (WHERE l.gross_amount < 0),
        count(*) FILTER (WHERE l.gross_amount IS NULL)
    FROM settlements_salesreport r JOIN settlements_salesreportline l ON l.report_id = r.id
    WHERE r.id = ANY(reports)
    GROUP BY 1, 2, 3, 4, 5, 6
    ORDER BY 1, 2, 3, 4, 5, 6
$body$;
CREATE FUNCTION settlements_report_is_summed() RETURNS trigger LANGUAGE plpgsql AS $body$
BEGIN
    PERFORM settlements_sum_reports(ARRAY[NEW.id]);
    RETURN NULL;
END $body$;
CREATE FUNCTION settlements_move_sums() RETURNS trigger LANGUAGE plpgsql AS $body$
BEGIN
    UPDATE settlements_salesreportsum SET store_id = NEW.to_account_id
        WHERE store_id = NEW.from_account_id;
    RETURN NULL;
END $body$;
CREATE FUNCTION settlements_sums_are_kept() RETURNS trigger LANGUAGE plpgsql AS $body$
BEGIN
    IF TG_OP = 'TRUNCATE' AND current_setting('kam.allow_truncate', true) = 'on'
        OR pg_trigger_depth() > 1 THEN RETURN NULL; END IF;
    RAISE EXCEPTION '% on %: lines of accepted reports alone make the sums', TG_OP, TG_TABLE_NAME
        USING ERRCODE = 'check_violation', TABLE = TG_TABLE_NAME,
              CONSTRAINT = 'sales_report_sums_of_lines';
END $body$;
SELECT settlements_sum_reports(COALESCE(array_agg(id), ARRAY[]::bigint[]))
    FROM settlements_salesreport WHERE state IN ('accepted', 'superseded', 'cancelled');
CREATE TRIGGER sales_report_is_summed AFTER UPDATE ON settlements_salesreport
    FOR EACH ROW WHEN (NEW.state = 'accepted' AND OLD.state <> 'accepted')
    EXECUTE FUNCTION settlements_report_is_summed();
CREATE TRIGGER sums_move_account AFTER INSERT ON settlements_accountmove
    FOR EACH ROW EXECUTE FUNCTION settlements_move_sums();
CREATE TRIGGER sums_are_kept BEFORE INSERT OR UPDATE OR DELETE OR TRUNCATE
    ON settlements_salesreportsum
    FOR EACH STATEMENT EXECUTE FUNCTION settlements_sums_are_kept();
"""


def reference(to, **options):
    return models.ForeignKey(
        db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, to=to, **options
    )


class Migration(migrations.Migration):
    dependencies = [("settlements", "0021_application_files")]

    operations = [
        migrations.CreateModel(
            name="SalesReportSum",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "tax_rate",
                    models.DecimalField(
                        decimal_places=2, max_digits=5, null=True, verbose_name="tax rate, %"
                    ),
                ),
                ("first_day", models.DateField(verbose_name="first day")),
                ("last_day", models.DateField(verbose_name="last day")),
                ("sold", models.DecimalField(decimal_places=4, max_digits=22, verbose_name="sold")),
                (
                    "returned",
                    models.DecimalField(
                        decimal_places=4, max_digits=22, verbose_name="brought back"
                    ),
                ),
                (
                    "sales",
                    models.DecimalField(
                        decimal_places=4, max_digits=24, null=True, verbose_name="sales"
                    ),
                ),
                (
                    "returns",
                    models.DecimalField(
                        decimal_places=4, max_digits=24, null=True, verbose_name="returns"
                    ),
                ),
                (
                    "without_amount",
                    models.PositiveIntegerField(verbose_name="lines without an amount"),
                ),
                ("report", reference("settlements.salesreport", related_name="sums")),
                ("store", reference("accounts.account", related_name="+", db_index=False)),
                (
                    "product",
                    reference("accounts.product", related_name="+", db_index=False, null=True),
                ),
                (
                    "category",
                    reference(
                        "accounts.productcategory", related_name="+", db_index=False, null=True
                    ),
                ),
                ("currency", reference("core.currency", related_name="+", db_index=False)),
            ],
            options={
                "verbose_name": "sum of a sales report",
                "verbose_name_plural": "sums of sales reports",
                "ordering": ["report", "pk"],
            },
        ),
        migrations.RunSQL(
            SUMS,
            "DROP TRIGGER sums_move_account ON settlements_accountmove;"
            "DROP TRIGGER sales_report_is_summed ON settlements_salesreport;"
            "DROP TRIGGER sums_are_kept ON settlements_salesreportsum;"
            "DROP FUNCTION settlements_sums_are_kept();"
            "DROP FUNCTION settlements_move_sums();"
            "DROP FUNCTION settlements_report_is_summed();"
            "DROP FUNCTION settlements_sum_reports(bigint[])",
        ),
    ]
