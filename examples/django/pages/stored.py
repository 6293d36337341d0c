"""What the write-ups have in common: a page is a body in Memcached, under a key that nginx computes, too."""

import logging

from django.core.cache import caches

logger = logging.getLogger(__name__)


def bare_key(key, key_prefix, version):
    return key


def may_be_stored(request, response):
    """Whether the answer is everybody's. nginx says of the question that it has nothing of its own, such as a session."""
    directives = response.get('Cache-Control', '').replace(' ', '').lower().split(',')
    vary = response.get('Vary', '').replace(' ', '').lower().split(',')
    return (
        request.headers.get('X-Nms-May-Store') == '1'
        and request.method == 'GET'
        and response.status_code == 200
        and not response.streaming
        and not response.cookies
        and not {'private', 'no-store', 'no-cache'} & set(directives)
        and set(vary) <= {'', 'cookie', 'accept-encoding'}
        # All that comes out of the store is served as this.
        and response['Content-Type'] == 'text/html; charset=utf-8'
        and not response.has_header('Content-Encoding')
    )


def store(alias, key, response, seconds=300):
    try:
        caches[alias].set(key, response.content, seconds)
    except Exception:
        # No Memcached, or no key for it (over 250 bytes, a space): the visitor has the page all the same.
        logger.warning('not stored: %r', key, exc_info=True)
