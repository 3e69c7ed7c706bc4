from django.urls import path

from screening.stages import again_views, views

urlpatterns = [
    path("settings/", views.settings, name="settings"),
    path("settings/rules/<int:order>/", views.rules, name="rules"),
    path("settings/highlights/", views.highlights, name="highlights_new"),
    path("settings/highlights/<int:number>/", views.highlights, name="highlights"),
    path("criteria/", views.criteria, name="criteria"),
    path("rounds/", views.rounds, name="rounds"),
    path("rounds/new/", views.round_new, name="round_new"),
    path("rounds/again/", again_views.relook, name="relook"),
    path("rounds/practice/", again_views.practice, name="practice"),
    path("rounds/<int:number>/close/", views.round_close, name="round_close"),
    path("rounds/<int:number>/practised/", again_views.practised, name="practised"),
    path("rounds/<int:number>/reopen/", views.round_reopen, name="round_reopen"),
    path("rounds/<int:number>/reveal/", views.round_reveal, name="round_reveal"),
]
