# One image for web, worker and sweeper. Python packages come from requirements/run.lock, each checked against its hash.
FROM python:3.11-slim-bookworm AS packages
COPY requirements/tool.lock requirements/run.lock /tmp/requirements/
RUN python -m venv /srv/venv \
 && python -m venv /tmp/tool \
 && /tmp/tool/bin/pip install --no-cache-dir --require-hashes -r /tmp/requirements/tool.lock \
 && /tmp/tool/bin/uv pip sync --no-cache --python /srv/venv/bin/python --require-hashes --compile-bytecode /tmp/requirements/run.lock

FROM python:3.11-slim-bookworm
# A font: figures with text are drawn to PNG on the server.
RUN apt-get update \
 && apt-get install -y --no-install-recommends fonts-dejavu-core \
 && rm -rf /var/lib/apt/lists/* \
 && useradd --system --uid 10001 --user-group --home-dir /srv/app --shell /usr/sbin/nologin reviewapp \
 && install -d -o reviewapp -g reviewapp /srv/data
COPY --from=packages /srv/venv /srv/venv
WORKDIR /srv/app
COPY . .
ENV PATH=/srv/venv/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    PYTHONDONTWRITEBYTECODE=1 \
    DJANGO_SETTINGS_MODULE=reviewapp.settings \
    REVIEWAPP_DATA=/srv/data
USER reviewapp
VOLUME /srv/data
EXPOSE 8000
HEALTHCHECK --interval=15s --timeout=10s --start-period=60s --retries=4 CMD ["python", "-m", "reviewapp.supervisor.health", "8000"]
CMD ["python", "-m", "gunicorn", "--worker-class", "gthread", "--workers", "2", "--threads", "8", "--bind", "0.0.0.0:8000", "--timeout", "120", "--graceful-timeout", "3", "--no-control-socket", "--worker-tmp-dir", "/dev/shm", "reviewapp.wsgi:application"]
