from django.urls import path

from screening.searches import views

urlpatterns = [
    path("searches/", views.searches, name="searches"),
    path("searches/new/", views.search_new, name="search_new"),
    path("searches/<int:number>/", views.search, name="search"),
    path("searches/<int:number>/edit/", views.search_edit, name="search_edit"),
    path("searches/sources/new/", views.source_new, name="source_new"),
    path("searches/sources/<int:number>/edit/", views.source_edit, name="source_edit"),
    path("searches/rounds/new/", views.search_round_new, name="search_round_new"),
]
