# syntax=docker/dockerfile:1
# Stage 1: assets. Stage 2: Python packages. Stage 3: what runs, without compilers, as nobody.
FROM node:24-slim AS assets
WORKDIR /src
COPY package.json package-lock.json ./
RUN npm ci --no-audit --no-fund
COPY static static
COPY templates templates
COPY kam kam
COPY accounts accounts
COPY interactions interactions
COPY settlements settlements
COPY plans plans
RUN node static/build.mjs

FROM python:3.13-slim AS packages
WORKDIR /src
RUN python -m venv /venv
COPY requirements.txt ./
RUN /venv/bin/pip install --no-cache-dir --require-hashes -r requirements.txt

FROM python:3.13-slim
RUN useradd --system --uid 10001 --home-dir /app --shell /usr/sbin/nologin kam \
    && mkdir -p /app /data/media /data/static && chown -R kam /data
WORKDIR /app
COPY --from=packages /venv /venv
COPY manage.py pyproject.toml ./
COPY kam kam
COPY accounts accounts
COPY interactions interactions
COPY settlements settlements
COPY plans plans
COPY templates templates
COPY --from=assets /src/static static
ENV PATH=/venv/bin:$PATH PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 \
    DJANGO_SETTINGS_MODULE=kam.settings KAM_ENV=production KAM_HOME=/data \
    KAM_MEDIA=/data/media STATIC_ROOT=/app/staticfiles KAM_DB_POOL=1
RUN for po in $(find . -path ./staticfiles -prune -o -name '*.po' -print); do \
         pybabel compile -i "$po" -o "${po%.po}.mo" -l "$(basename "$(dirname "$(dirname "$po")")")"; \
       done \
    && SECRET_KEY=build DATABASE_URL=postgresql://build/build REDIS_URL=redis://build \
       ALLOWED_HOSTS=build EMAIL_HOST=build python manage.py collectstatic --noinput \
    && chown -R kam /app/staticfiles
USER kam
EXPOSE 8000
HEALTHCHECK --interval=15s --timeout=5s --start-period=20s CMD \
    ["python", "-c", "import urllib.request as u; u.urlopen(u.Request('http://127.0.0.1:8000/healthz', headers={'Host': 'localhost', 'X-Forwarded-Proto': 'https'}), timeout=4)"]
CMD ["granian", "--interface", "wsgi", "kam.wsgi:application", "--host", "0.0.0.0", "--port", "8000", "--workers", "2", "--blocking-threads", "4", "--respawn-failed-workers"]
