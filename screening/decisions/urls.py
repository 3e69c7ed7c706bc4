from django.urls import path

from screening.decisions import card_views, late_views, views

urlpatterns = [
    path("screening/", views.screening, name="screening"),
    path("screening/my-words/", card_views.my_words, name="my_words"),
    path("screening/<int:round_number>/", views.screen, name="screen"),
    path("screening/<int:round_number>/next/", views.next_cards, name="next_cards"),
    path("screening/<int:round_number>/reasons/", card_views.add_reasons, name="add_reasons"),
    path("screening/<int:round_number>/undo/", views.undo, name="undo"),
    path("screening/<int:round_number>/<int:number>/", views.screen_record, name="screen_record"),
    path("screening/<int:round_number>/<int:number>/vote/", views.vote, name="vote"),
    path("screening/<int:round_number>/<int:number>/cannot-judge/", card_views.recuse, name="recuse"),
    path("screening/<int:round_number>/<int:number>/can-judge/", card_views.unrecuse, name="unrecuse"),
    path("screening/<int:round_number>/<int:number>/not-mine/", card_views.not_mine, name="not_mine"),
    path("screening/<int:round_number>/<int:number>/note/", card_views.note_save, name="note_save"),
    path("screening/<int:round_number>/<int:number>/abstract/", card_views.abstract_paste, name="abstract_paste"),
    path("rounds/late/", late_views.late_votes, name="late_votes"),
    path("rounds/late/<int:number>/admit/", late_views.late_admit, name="late_admit"),
    path("rounds/late/<int:number>/leave/", late_views.late_leave, name="late_leave"),
]
