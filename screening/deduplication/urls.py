from django.urls import path

from screening.deduplication import views

urlpatterns = [
    path("duplicates/", views.duplicates, name="duplicates"),
    path("duplicates/<int:number>/", views.pair, name="pair"),
    path("duplicates/<int:number>/decide/", views.pair_decide, name="pair_decide"),
    path("duplicates/merges/", views.merges, name="merges"),
    path("duplicates/merges/<int:number>/undo/", views.merge_undo, name="merge_undo"),
    path("duplicates/compare/", views.compare, name="compare"),
    path("duplicates/overlap/", views.overlap, name="overlap"),
]
