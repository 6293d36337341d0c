"""A form on a stored page. Its CSRF token is a private fragment, from each visitor's own cookie (docs/fragments.md)."""

from django.http import HttpResponse, JsonResponse
from django.middleware.csrf import get_token
from django.utils.html import escape
from django.views.decorators.cache import cache_control, never_cache
from django.views.decorators.csrf import csrf_protect

# An application with Django's CsrfViewMiddleware needs no @csrf_protect.

FIELD = '<input type="hidden" name="csrfmiddlewaretoken"'


@cache_control(public=True, max_age=600)
def form(request):
    response = HttpResponse('<form method="post"><!--#include virtual="/own/token" --><input name="text"></form>')
    response['Surrogate-Control'] = 'content="SSI/1.0"'
    return response


@csrf_protect
def sent(request):
    return HttpResponse(f'sent: {escape(request.POST["text"])}')


def contact(request):
    return sent(request) if request.method == 'POST' else form(request)


@never_cache
@csrf_protect
def token(request):
    """In the page. It cannot set a cookie: who has none gets a script that asks for one."""
    if 'csrftoken' in request.COOKIES:
        return HttpResponse(f'{FIELD} value="{get_token(request)}">')
    return HttpResponse(f'{FIELD}><script src="/static/token.js"></script>')


@never_cache
@csrf_protect
def token_json(request):
    """By itself: its answer sets the cookie."""
    return JsonResponse({'token': get_token(request)})
