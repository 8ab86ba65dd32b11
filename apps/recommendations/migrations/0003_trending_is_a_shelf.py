from collections import defaultdict

from django.db import migrations


def to_shelves(apps, schema_editor):
    """What trends goes on serving until the next training."""
    Pick = apps.get_model('recommendations', 'Pick')
    Shelf = apps.get_model('recommendations', 'Shelf')
    lists, about = defaultdict(list), {}
    rows = Pick.objects.order_by('version_id', 'kind', 'rank')
    for pick in rows.select_related('version').iterator():
        key = (pick.version_id, pick.kind)
        code = pick.reason.get('code', 'trending')
        lists[key].append([pick.product_id, pick.score, code, None])
        about[key] = (pick.store_id, pick.version.trained_at)
    Shelf.objects.bulk_create(
        Shelf(
            store_id=about[version, kind][0],
            version_id=version,
            kind=kind,
            subject='',
            picks=picks,
            computed_at=about[version, kind][1],
        )
        for (version, kind), picks in lists.items()
    )


class Migration(migrations.Migration):

    dependencies = [
        ('recommendations', '0002_shelves'),
    ]

    operations = [
        migrations.RunPython(to_shelves, migrations.RunPython.noop),
        migrations.DeleteModel(name='Pick'),
    ]
