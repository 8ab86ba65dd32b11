"""The migration operation that lays events out by day, where the database can."""

from __future__ import annotations

from typing import Any

from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.state import ProjectState


class CreateEvents(migrations.CreateModel):
    """CreateModel; on PostgreSQL partitioned by range of `id`, which begins with the
    event's moment. The default partition takes what no day has a place for.

    The key is unique over all partitions, since it is what they are cut by: the same
    event never comes in twice. A BRIN index finds a batch's rows at next to no cost.
    """

    def database_forwards(
        self,
        app_label: str,
        schema_editor: BaseDatabaseSchemaEditor,
        from_state: ProjectState,
        to_state: ProjectState,
    ) -> None:
        if schema_editor.connection.vendor != "postgresql":
            super().database_forwards(app_label, schema_editor, from_state, to_state)
            return
        editor: Any = schema_editor
        model = to_state.apps.get_model(app_label, self.name)
        table = model._meta.db_table
        sql, params = editor.table_sql(model)
        columns = sql.replace(" PRIMARY KEY", "", 1).removesuffix(")")
        editor.execute(
            f"{columns}, "
            f'CONSTRAINT "{table}_key" PRIMARY KEY ("id") INCLUDE ("store_id", "type"))'
            ' PARTITION BY RANGE ("id")',
            params or None,
        )
        editor.execute(f'CREATE TABLE "{table}_default" PARTITION OF "{table}" DEFAULT')
        editor.execute(
            f'CREATE INDEX "events_event_batch" ON "{table}" USING brin ("batch_id")'
            " WITH (pages_per_range = 16, autosummarize = on)"
        )
