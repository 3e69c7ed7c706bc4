from django.urls import path

from screening.deduplication import many_views, overlap_views, views

urlpatterns = [
    path("duplicates/", views.duplicates, name="duplicates"),
    path("duplicates/<int:number>/", views.pair, name="pair"),
    path("duplicates/<int:number>/decide/", views.pair_decide, name="pair_decide"),
    path("duplicates/of/<int:number>/", views.duplicate_of, name="duplicate_of"),
    path("duplicates/many/", many_views.pairs_many, name="pairs_many"),
    path("duplicates/many/<int:number>/", many_views.pairs_answered, name="pairs_answered"),
    path("duplicates/many/<int:number>/back/", many_views.pairs_take_back, name="pairs_take_back"),
    path("duplicates/strictness/", many_views.strictness, name="strictness"),
    path("duplicates/merges/", views.merges, name="merges"),
    path("duplicates/merges/<int:number>/", views.merge, name="merge"),
    path("duplicates/merges/<int:number>/undo/", views.merge_undo, name="merge_undo"),
    path("duplicates/compare/", views.compare, name="compare"),
    path("duplicates/overlap/", overlap_views.overlap, name="overlap"),
    path("duplicates/overlap/file.<slug:format>", overlap_views.overlap_file, name="overlap_file"),
]
