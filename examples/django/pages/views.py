from django.conf import settings
from django.http import HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404
from django.utils.html import escape
from django.views.decorators.cache import cache_control

from .models import Article
from .nginx_memcache import cache_page_nginx

VERSIONS = ['', 'large']


def page_version(request):
    """One of a closed set: what visitors send is theirs to choose, and part of a key."""
    sent = request.COOKIES.get('pv', '')
    return sent if sent in VERSIONS else VERSIONS[0]


def rendered(request, text):
    user = request.session.get('user', 'nobody')
    return HttpResponse(f'<p>rendering {request.number} of {escape(text)} for {escape(user)}</p>')


@cache_page_nginx(page_version_fn=page_version)
def listing(request):
    return rendered(request, f'page {request.GET.get("page", "1")}, version "{page_version(request)}"')


@cache_page_nginx()
def page(request, title):
    return rendered(request, title)


def log_in(request):
    request.session['user'] = request.POST['user']
    return HttpResponse('welcome')


def basket(request):
    response = rendered(request, 'an empty basket')
    response.set_cookie('basket', 'new')
    return response


def feed(request):
    return JsonResponse({'rendering': request.number})


@cache_control(public=True, max_age=600)
def article(request, number):
    if request.method == 'POST':
        Article(pk=number, text=request.POST['text']).save()
        return HttpResponse('saved')
    if settings.PAGES == 'tags':
        request.tags.update([f'article-{number}', 'articles'])
    return rendered(request, get_object_or_404(Article, pk=number).text)


def requests(request):
    """How many requests Django has answered."""
    return HttpResponse(request.number)
