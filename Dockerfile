# syntax=docker/dockerfile:1
# Stage 1 builds wheels from the hash-locked requirements, so that compilers and caches
# stay out of what is shipped.
FROM python:3.11-slim-bookworm AS wheels
WORKDIR /build
COPY requirements.txt .
RUN pip wheel --no-cache-dir --no-deps --require-hashes --wheel-dir /wheels \
    -r requirements.txt

FROM python:3.11-slim-bookworm
ENV PYTHONUNBUFFERED=1 \
    PYTHONDONTWRITEBYTECODE=1 \
    VAR_DIR=/app/var \
    LUXEBRAIN_DEPLOYMENT=production
# LightGBM brings no OpenMP of its own. Debian keeps few versions: none is pinned.
# hadolint ignore=DL3008
RUN apt-get update && apt-get install -y --no-install-recommends libgomp1 \
    && rm -rf /var/lib/apt/lists/*
RUN groupadd --gid 10001 luxebrain \
    && useradd --uid 10001 --gid 10001 --no-create-home --home-dir /app luxebrain
WORKDIR /app
RUN --mount=type=bind,from=wheels,source=/wheels,target=/wheels \
    pip install --no-cache-dir --no-index --no-deps /wheels/*.whl
COPY manage.py ./
COPY luxebrain luxebrain
COPY apps apps
COPY ml_models ml_models
COPY templates templates
COPY static static
COPY wp-plugin/luxebrain/assets wp-plugin/luxebrain/assets
COPY deploy/docker deploy/docker
# The files' names carry their digest. No real secret is needed to collect them, and
# none is left behind.
RUN LUXEBRAIN_DEPLOYMENT=embedded python manage.py collectstatic --noinput -v0 \
    && mkdir -p var/uploads var/trainings \
    && chown -R luxebrain:luxebrain var
USER 10001:10001
EXPOSE 8000
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=10s --timeout=5s --start-period=30s --retries=3 \
    CMD ["python", "deploy/docker/healthcheck.py", "web"]
ENTRYPOINT ["sh", "deploy/docker/entrypoint.sh"]
CMD ["web"]
