from django.urls import path

from screening.searches import views

urlpatterns = [
    path("searches/", views.searches, name="searches"),
    path("searches/new/", views.search_new, name="search_new"),
    path("searches/<int:number>/", views.search, name="search"),
    path("searches/<int:number>/edit/", views.search_edit, name="search_edit"),
    path("searches/<int:number>/remove/", views.search_remove, name="search_remove"),
    path("searches/<int:number>/compare/", views.search_compare, name="search_compare"),
    path("searches/<int:number>/repeat/", views.search_repeat, name="search_repeat"),
    path("searches/appendix/", views.search_appendix, name="search_appendix"),
    path("searches/appendix.docx", views.search_appendix_file, name="search_appendix_file"),
    path("searches/sources/new/", views.source_new, name="source_new"),
    path("searches/sources/<int:number>/edit/", views.source_edit, name="source_edit"),
    path("searches/rounds/new/", views.search_round_new, name="search_round_new"),
]
