from django.urls import path

from screening.conflicts import many, views

urlpatterns = [
    path("conflicts/", views.conflicts, name="conflicts"),
    path("conflicts/agenda/", many.meeting, name="meeting"),
    path("conflicts/agenda.docx", many.meeting_file, name="meeting_file"),
    path("conflicts/together/", many.together, name="conflicts_together"),
    path("conflicts/together/back/", many.together_back, name="conflicts_back"),
    path("conflicts/<int:round_number>/<int:number>/", views.conflict, name="conflict"),
    path("conflicts/<int:round_number>/<int:number>/propose/", views.propose, name="conflict_propose"),
    path("conflicts/<int:round_number>/<int:number>/agree/", views.agree, name="conflict_agree"),
    path("conflicts/<int:round_number>/<int:number>/take-back/", views.withdraw_proposal, name="conflict_withdraw_proposal"),
    path("conflicts/<int:round_number>/<int:number>/hand-on/", views.hand_on, name="conflict_hand_on"),
    path("conflicts/<int:round_number>/<int:number>/rule/", views.rule, name="conflict_rule"),
    path("conflicts/<int:round_number>/<int:number>/say/", views.say_something, name="conflict_say"),
    path("conflicts/<int:round_number>/<int:number>/reopen/", views.reopen, name="conflict_reopen"),
    path("conflicts/<int:round_number>/<int:number>/confirm/", views.confirm, name="conflict_confirm"),
    path("conflicts/<int:round_number>/<int:number>/change/", views.change_mind, name="conflict_change"),
    path("conflicts/<int:round_number>/<int:number>/note/", views.criteria_note, name="criteria_note"),
]
