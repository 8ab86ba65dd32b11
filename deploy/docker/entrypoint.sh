#!/bin/sh
# One image, one argument: what this container is.
set -eu

case "${1:-web}" in
web)
    # Refuses an unsafe production start before a port is open.
    python manage.py check --deploy --fail-level ERROR
    # Each worker process counts for itself; Prometheus is told the sum.
    PROMETHEUS_MULTIPROC_DIR=$(mktemp -d)
    export PROMETHEUS_MULTIPROC_DIR
    exec granian --interface wsgi luxebrain.wsgi:application \
        --host 0.0.0.0 --port "${WEB_PORT:-8000}" --log-level warning \
        --workers "${WEB_WORKERS:-2}" --blocking-threads "${WEB_THREADS:-32}" \
        --respawn-failed-workers --workers-kill-timeout 8
    ;;
worker)
    exec celery -A luxebrain worker -Q "$2" -n "$2@%h" \
        --concurrency "${WORKER_CONCURRENCY:-2}" --loglevel "${LOG_LEVEL:-INFO}"
    ;;
beat)
    exec celery -A luxebrain beat --pidfile= --loglevel "${LOG_LEVEL:-INFO}" \
        --scheduler django_celery_beat.schedulers:DatabaseScheduler
    ;;
migrate)
    # The only place where tables change: once per release, before anything else starts.
    python manage.py check --deploy --database default --fail-level ERROR
    exec python manage.py migrate --noinput
    ;;
manage)
    shift
    exec python manage.py "$@"
    ;;
*)
    echo "Say one of: web, worker <queue>, beat, migrate, manage <command>." >&2
    exit 64
    ;;
esac
