# One image for the web server, the workers and the clock; docker-compose.yml runs them side by side.
FROM node:22-bookworm-slim AS assets
WORKDIR /threshold
COPY package.json package-lock.json .npmrc ./
RUN npm ci --no-audit --no-fund --ignore-scripts

FROM python:3.13-slim-bookworm
RUN apt-get update \
    && apt-get install -y --no-install-recommends libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0 \
    && rm -rf /var/lib/apt/lists/*
WORKDIR /threshold
COPY requirements/base.txt requirements/base.txt
RUN pip install --no-cache-dir --require-hashes -r requirements/base.txt
COPY . .
COPY --from=assets /threshold/node_modules node_modules
RUN cp package-lock.json node_modules/.threshold-lock && python -m script.assets && rm -rf node_modules
# Collecting static files needs settings, not services: these values live only for this one line.
RUN DEBUG=false SECRET_KEY=only-for-this-step-0123456789-abcdefghijklmnopqrstuvw DATABASE_URL=postgres:///none \
    REDIS_URL=redis://none EMAIL_URL=smtp://none SITE_URL=http://none AUTHORITY_NAME=none \
    DEFAULT_FROM_EMAIL=none@none.example VAR_DIR=/threshold/var python manage.py collectstatic --noinput
RUN useradd --system --uid 10001 threshold && chown -R threshold var
USER threshold
ENV DEBUG=false VAR_DIR=/threshold/var PYTHONUNBUFFERED=1
EXPOSE 8000
CMD ["gunicorn", "-c", "gunicorn.conf.py", "-b", "0.0.0.0:8000", "config.wsgi"]
