"""The way of today: pages say what they are made of; the site stores them, and forgets them when it changes."""

import json
from urllib.request import Request, urlopen

from django.conf import settings


class TagsMiddleware:
    """Views name their page's tags: request.tags.add('article-1')."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        request.tags = set()
        response = self.get_response(request)
        if request.tags:
            # RFC 9875: a list of strings.
            response['Cache-Groups'] = ', '.join(f'"{tag}"' for tag in sorted(request.tags))
        return response


def purge(tags):
    """On AWS: boto3.client('lambda').invoke(FunctionName=…, Payload=json.dumps({'tags': tags}))."""
    request = Request(settings.PURGE_URL, json.dumps({'tags': tags, 'caller': 'django'}).encode())
    with urlopen(request, timeout=30) as answer:
        return json.load(answer)
