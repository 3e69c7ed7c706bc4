from django.urls import path

from charting.themes import views

urlpatterns = [
    path("themes/", views.themes, name="themes"),
    path("themes/new/", views.theme_new, name="theme_new"),
    path("themes/place/", views.placement_save, name="placement_save"),
    path("themes/unplace/", views.placement_undo, name="placement_undo"),
    path("themes/<int:number>/", views.theme_edit, name="theme_edit"),
    path("themes/<int:number>/shift/", views.theme_shift, name="theme_shift"),
    path("themes/<int:number>/retire/", views.theme_retire, name="theme_retire"),
    path("themes/<int:number>/merge/", views.theme_merge, name="theme_merge"),
]
