"""The web server: a few processes with threads; pages are short and live parts ask again."""

import os
from importlib import import_module

import_module("config.settings")  # refuses a missing secret once, before any worker starts

wsgi_app = "config.wsgi"
worker_class = "gthread"
workers = int(os.environ.get("WEB_CONCURRENCY", "2"))
threads = int(os.environ.get("WEB_THREADS", "8"))
timeout = 30
graceful_timeout = 3
keepalive = 5
# A worker that has served this many requests is replaced, so that a slow leak never becomes an outage.
max_requests = 20_000
max_requests_jitter = 2_000
accesslog = None  # config.middleware.requests writes lines without query strings
control_socket_disable = True
