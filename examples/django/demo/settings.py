"""A small site that is cached in one of five ways, which the variable PAGES names. docs/django.md explains them."""

import os
from pathlib import Path

from pages.ring import NginxRing

PAGES = os.environ.get('PAGES', 'tags')

SECRET_KEY = 'only for the demo'
ALLOWED_HOSTS = ['.example.com', 'localhost', '127.0.0.1']
ROOT_URLCONF = 'demo.urls'
INSTALLED_APPS = ['pages']
SESSION_ENGINE = 'django.contrib.sessions.backends.signed_cookies'
DATABASES = {
    'default': {
        'ENGINE': 'django.db.backends.sqlite3',
        'NAME': os.environ.get('DATABASE', Path(__file__).resolve().parent.parent / 'demo.sqlite3'),
    },
}
DEFAULT_AUTO_FIELD = 'django.db.models.BigAutoField'
USE_TZ = True

MIDDLEWARE = [
    # What stores pages comes first, so that it sees the answer as it goes out.
    *{
        'tags': ['pages.tags.TagsMiddleware'],
        'prefix-path': ['pages.middleware.PrefixPathMiddleware'],
        'uri-digest': ['pages.middleware.UriDigestMiddleware'],
        'custom-key': ['pages.middleware.CustomKeyMiddleware'],
        # A decorator of views.
        'django-nginx-memcache': [],
    }[PAGES],
    'pages.middleware.CountMiddleware',
    'django.contrib.sessions.middleware.SessionMiddleware',
]

# What the pages that the application stores itself are stored with.
MEMCACHED = {
    'BACKEND': 'django.core.cache.backends.memcached.PyMemcacheCache',
    # Named as the site names them (PageCache.nodes): of several nodes, the names decide which has a page.
    'LOCATION': os.environ.get('MEMCACHED', '127.0.0.1:11211').split(','),
    'OPTIONS': {'hasher': NginxRing, 'connect_timeout': 0.25, 'timeout': 0.25},
}
CACHES = {
    'default': MEMCACHED,
    'ps': {**MEMCACHED, 'KEY_PREFIX': 'ps'},
    # Django before 1.3 put nothing before a key.
    'bare': {**MEMCACHED, 'KEY_FUNCTION': 'pages.stored.bare_key'},
}
CACHE_NGINX = PAGES == 'django-nginx-memcache'
CACHE_NGINX_TIME = 24 * 3600

# Where the site's purge function is invoked: on AWS by boto3, here by the local Invoke API.
PURGE_URL = os.environ.get('PURGE_URL', 'http://127.0.0.1:9001/2015-03-31/functions/purge/invocations')
