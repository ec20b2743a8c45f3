# Backups and restores, started by hand or by a timer (docs/operating.md). Debian 13 for its PostgreSQL
# 17: pg_dump refuses servers that are newer than itself.
# From the repository's root: docker build -f deploy/docker/backup.Dockerfile -t omni-backup .
FROM python:3.13.7-slim-trixie AS build
ENV PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_CACHE_DIR=1
RUN python -m venv /opt/venv
COPY requirements/gateway.txt /tmp/requirements.txt
RUN /opt/venv/bin/pip install --require-hashes --no-deps -r /tmp/requirements.txt

FROM python:3.13.7-slim-trixie
RUN apt-get update && apt-get install -y --no-install-recommends postgresql-client-17 \
    && rm -rf /var/lib/apt/lists/*
# A volume is made with the owner of what it is mounted over.
RUN groupadd --gid 10001 omni && useradd --uid 10001 --gid omni --no-create-home omni \
    && install -d -o omni -g omni -m 0700 /backups
COPY --from=build /opt/venv /opt/venv
WORKDIR /app
COPY assistant assistant
COPY gateway gateway
COPY trainer trainer
COPY scripts/__init__.py scripts/postgresql.py scripts/
COPY scripts/backup scripts/backup
# Bundles are files with a place of their own here: what a backup has of them is put nowhere.
ENV PATH=/opt/venv/bin:$PATH PYTHONDONTWRITEBYTECODE=1 PYTHONUNBUFFERED=1 HOME=/tmp \
    OMNI_BACKUPS=/backups OMNI_BUNDLES=/tmp/bundles
USER 10001:10001
ENTRYPOINT ["python", "-m", "scripts.backup"]
CMD ["make"]
