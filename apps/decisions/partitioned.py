"""The migration operation that lays out a table by month, where the database can."""

from __future__ import annotations

from typing import Any

from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.state import ProjectState


class CreatePartitioned(migrations.CreateModel):
    """CreateModel; on PostgreSQL partitioned by range of `created_at`.

    PostgreSQL wants the partition's column in each unique key, so that the table's
    primary key is (id, created_at); to Django it is id. The default partition takes
    what no month has a place for: an insert never fails.
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
            f'{columns}, PRIMARY KEY ("id", "created_at"))'
            ' PARTITION BY RANGE ("created_at")',
            params or None,
        )
        editor.execute(f'CREATE TABLE "{table}_default" PARTITION OF "{table}" DEFAULT')
        editor.execute(
            f'CREATE INDEX "{table}_brin" ON "{table}" USING brin (created_at)'
        )
        editor.deferred_sql.extend(editor._model_indexes_sql(model))
