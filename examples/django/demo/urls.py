from django.urls import path

from pages import forms, views

urlpatterns = [
    path('list', views.listing),
    path('pages/<path:title>', views.page),
    path('admin/', views.page, {'title': 'admin'}),
    path('log-in', views.log_in),
    path('basket', views.basket),
    path('feed', views.feed),
    path('articles/<int:number>', views.article),
    path('requests', views.requests),
    path('contact', forms.contact),
    path('own/token', forms.token),
    path('own/token.json', forms.token_json),
]
