"""django-nginx-memcache's decorator: PREFIX:VERSION:md5(host, URI, cookie and page version)."""

from functools import wraps
from hashlib import md5

from django.conf import settings

from .stored import may_be_stored, store


def cache_page_nginx(page_version_fn=None, anonymous_only=True, cookie='pv'):
    def decorate(view):
        @wraps(view)
        def cached(request, *args, **kwargs):
            response = view(request, *args, **kwargs)
            known = anonymous_only and request.session.get('user')
            if settings.CACHE_NGINX and not known and may_be_stored(request, response):
                version = page_version_fn(request) if page_version_fn else ''
                text = f'{request.get_host()}{request.get_full_path()}&{cookie}={version}'
                store('ps', md5(text.encode()).hexdigest(), response, settings.CACHE_NGINX_TIME)
                if version:
                    response.set_cookie(cookie, version)
            return response

        return cached

    return decorate
