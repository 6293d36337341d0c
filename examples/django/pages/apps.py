from django.apps import AppConfig
from django.db import transaction
from django.db.models.signals import post_delete, post_save


class PagesConfig(AppConfig):
    name = 'pages'

    def ready(self):
        post_save.connect(forget, 'pages.Article')
        post_delete.connect(forget, 'pages.Article')


def forget(instance, **_):
    from .tags import purge

    # Before the commit, a page could be rendered again from the old row.
    transaction.on_commit(lambda: purge([f'article-{instance.pk}', 'articles']))
