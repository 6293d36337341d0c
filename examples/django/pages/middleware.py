"""The middleware of three write-ups, and what the tests count."""

from hashlib import md5
from itertools import count

from .stored import may_be_stored, store


class PrefixPathMiddleware:
    """'Fast Caching with Django and Nginx': PREFIX.PATH, never with a query."""

    prefix = 'site1'

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        response = self.get_response(request)
        if may_be_stored(request, response) and not request.META['QUERY_STRING']:
            store('bare', f'{self.prefix}.{request.path}', response)
        return response


class UriDigestMiddleware:
    """'Caching Django with Nginx and Redis', with Memcached: :1:md5(host and URI)."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        response = self.get_response(request)
        if may_be_stored(request, response):
            uri = request.get_host() + request.get_full_path()
            store('default', md5(uri.encode()).hexdigest(), response)
        return response


class CustomKeyMiddleware:
    """'nginx uwsgi django memcache, the magic combo': :1:CUSTOMKEY:URI, never /admin."""

    key = 'CUSTOMKEY'

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        response = self.get_response(request)
        uri = request.get_full_path()
        if may_be_stored(request, response) and not uri.startswith('/admin'):
            store('default', f'{self.key}:{uri}', response)
        return response


class CountMiddleware:
    """Numbers the requests that Django answers, but for those that ask for the number."""

    answered = 0
    numbers = count(1)

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        if request.path != '/requests':
            CountMiddleware.answered = next(self.numbers)
        request.number = self.answered
        return self.get_response(request)
