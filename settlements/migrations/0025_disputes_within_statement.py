"""What is contested of a statement stays within what it says, however many disputes say it."""

import pgtrigger.compiler
import pgtrigger.migrations
from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [
        ("settlements", "0024_lines_have_fewer_indexes"),
    ]

    operations = [
        pgtrigger.migrations.AddTrigger(
            model_name="statementdispute",
            trigger=pgtrigger.compiler.Trigger(
                name="statement_dispute_within",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="\n    -- The lock makes a second dispute wait until the first one is committed, and counts.\n    PERFORM 1 FROM settlements_settlementstatement s\n    WHERE s.id = NEW.statement_id FOR NO KEY UPDATE;\n    IF (SELECT bool_or(h.amount > abs(l.amount) OR l.statement_id <> s.id)\n            OR sum(h.amount) FILTER (WHERE h.line_id IS NULL) > greatest(s.gross, abs(s.payable))\n            OR sum(h.amount) FILTER (WHERE l.part IS DISTINCT FROM 'claim')\n                > greatest(s.gross, abs(s.payable),\n                    max(abs(l.amount)) FILTER (WHERE l.part <> 'claim'))\n        FROM (SELECT d.line_id, sum(d.amount) AS amount FROM settlements_statementdispute d\n              WHERE d.statement_id = NEW.statement_id AND d.is_granted IS NOT FALSE\n              GROUP BY d.line_id) AS h\n        JOIN settlements_settlementstatement s ON s.id = NEW.statement_id\n        LEFT JOIN settlements_statementline l ON l.id = h.line_id\n        GROUP BY s.id) THEN\n        RAISE EXCEPTION 'more is contested than the statement says' USING ERRCODE = 'check_violation', CONSTRAINT = 'statement_dispute_within', TABLE = TG_TABLE_NAME;\n    END IF;\n    RETURN NULL;",
                    hash="6841a12dd5bf84df633203a3a9c03cb3b18d95d4",
                    operation='INSERT OR UPDATE OF "statement_id", "line_id", "amount", "is_granted"',
                    pgid="pgtrigger_statement_dispute_within_9130b",
                    table="settlements_statementdispute",
                    when="AFTER",
                ),
            ),
        ),
    ]
