"""Every address, and who may call it. One line a name; a name of the application that is not here fails the build.

``may("OL", "search")``: owner and librarian; the argument after the slug is the number of the search in tests/access/whole.py. The others
in the review get 403, strangers and former members 404, nobody is sent to the sign-in page.
``site(…)``: an address outside of reviews, with the status for a signed-in person and for nobody.
"""

from dataclasses import dataclass
from enum import StrEnum


class Who(StrEnum):
    OWNER = "O"
    REVIEWER = "R"
    ADJUDICATOR = "A"
    LIBRARIAN = "L"
    OBSERVER = "B"


ALL = "ORALB"


@dataclass(frozen=True)
class Row:
    """Who may call an address inside a review, and what stands in it.

    ``post``: who may where it is another set than for GET. ``hidden``: whom it tells that there is nothing, because it is not open to them.
    """

    roles: str
    args: tuple[str, ...] = ()
    post: str | None = None
    hidden: str = ""


@dataclass(frozen=True)
class Site:
    """What an address outside of reviews answers to GET: signed in, and nobody. ``args`` as written."""

    signed_in: int
    nobody: int
    args: tuple[str, ...] = ()


def may(roles: str, *args: str, post: str | None = None, hidden: str = "") -> Row:
    return Row(roles, args, post, hidden)


def site(signed_in: int, nobody: int, *args: str) -> Site:
    return Site(signed_in, nobody, args)


TABLE: dict[str, Row] = {
    # people and overview
    "overview": may(ALL),
    "team": may(ALL, post="O"),
    "member_edit": may("O", "member"),
    "member_end": may("O", "member"),
    "aside_undo": may("O", "aside"),
    "invitation_withdraw": may("O", "invitation"),
    # labels
    "labels": may("ORAL"),
    "labels_bulk": may("ORAL"),
    "label_change": may("ORAL", "label"),
    "label_merge": may("ORAL", "label"),
    "label_end": may("ORAL", "label"),
    "record_labels": may("ORAL", "record"),
    "agenda": may(ALL),
    # searches and files
    "searches": may(ALL),
    "search": may(ALL, "search"),
    "search_new": may("OL"),
    "search_edit": may("OL", "search"),
    "search_remove": may("OL", "search"),
    "search_compare": may(ALL, "search"),
    "search_repeat": may("OL", "search"),
    "search_appendix": may(ALL),
    "search_appendix_file": may(ALL),
    "source_new": may("OL"),
    "source_edit": may("OL", "source"),
    "search_round_new": may("OL"),
    "uploads": may("OL", "search"),
    "uploads_by_source": may("OL"),
    "reference_new": may("OL", "search"),
    "upload": may(ALL, "upload"),
    "upload_progress": may(ALL, "upload"),
    "upload_entries": may(ALL, "upload"),
    "upload_file": may("OL", "upload"),
    "upload_withdraw": may("OL", "upload"),
    "upload_restore": may("OL", "upload"),
    "upload_split": may("OL", "upload"),
    "upload_join": may("OL", "upload"),
    "upload_cancel": may("OL", "upload"),
    "upload_read_on": may("OL", "upload"),
    "upload_sign": may("OL", "upload"),
    "upload_columns": may("OL", "upload"),
    "upload_read_again": may("OL", "upload"),
    "upload_move": may("OL", "upload"),
    "upload_entries_csv": may("OL", "upload"),
    "upload_entries_raw": may("OL", "upload"),
    "search_report": may(ALL, "search"),
    "search_sign": may("OL", "search"),
    "search_gap": may("OL", "search"),
    "entry": may(ALL, "upload", "entry"),
    "entry_mend": may("OL", "upload", "entry"),
    "entry_unreadable": may("OL", "upload", "entry"),
    "entry_not_reference": may("OL", "upload", "entry"),
    "votes_attach": may("O"),
    "votes_file": may("O", "votes_file"),
    "votes_take_back": may("O", "votes_file"),
    # duplicates
    "duplicates": may(ALL),
    "pair": may(ALL, "pair"),
    "pair_decide": may("ORL", "pair"),
    "merges": may(ALL),
    "merge": may(ALL, "merge"),
    "merge_undo": may("ORL", "merge"),
    "compare": may("ORL"),
    "overlap": may(ALL),
    "overlap_file": may("ORAL", "csv"),
    "duplicate_of": may("ORL", "record"),
    "pairs_many": may("ORL"),
    "pairs_answered": may("ORL", "pair_bulk"),
    "pairs_take_back": may("ORL", "pair_bulk"),
    "strictness": may("OL"),
    # setting up
    "settings": may("O"),
    "rules": may("O", "stage"),
    "highlights_new": may("O"),
    "highlights": may("O", "highlights"),
    "criteria": may(ALL, post="O"),
    "rounds": may(ALL),
    "round_new": may("O"),
    "round_close": may("O", "round"),
    "round_sharing": may("O", "round"),
    "round_reveal": may("O", "round"),
    "relook": may("O"),
    "practice": may("O"),
    "round_reopen": may("O", "round"),
    "practised": may(ALL, "practice_round"),
    "late_votes": may(ALL),
    "late_admit": may("O", "late"),
    "late_leave": may("O", "late"),
    # screening
    "screening": may(ALL),
    "screen": may("R", "round"),
    "next_cards": may("R", "round"),
    "undo": may("R", "round"),
    "add_reasons": may("R", "round"),
    "screen_record": may("R", "round", "record"),
    "vote": may("R", "round", "record"),
    "recuse": may("R", "round", "record"),
    "unrecuse": may("R", "round", "record"),
    "note_save": may("R", "round", "record"),
    "not_mine": may("R", "round", "record"),
    "my_words": may("R"),
    "abstract_paste": may("R", "round", "record"),
    # conflicts
    "conflicts": may(ALL),
    "conflict": may("RA", "round", "clash", hidden="OLB"),
    # an empty form is refused before the person: who may is in the actions, and in test_only_voters_propose
    "conflict_propose": may("RA", "round", "clash"),
    "conflict_agree": may("RA", "round", "clash"),
    "conflict_withdraw_proposal": may("RA", "round", "clash"),
    "conflict_hand_on": may("R", "round", "clash"),
    "conflict_rule": may("RA", "round", "clash"),  # an empty form is refused before the person: test_only_the_third_reviewer_rules
    "conflict_say": may("RA", "round", "clash"),
    "conflict_reopen": may("RA", "round", "clash"),
    "conflict_confirm": may("RA", "round", "clash"),
    "meeting": may(ALL),
    "meeting_file": may("ORAL"),
    "conflicts_together": may("RA"),
    "conflicts_back": may("RA"),
    "conflict_change": may("R", "round", "clash"),
    "criteria_note": may("RA", "round", "clash"),
    # full texts and studies
    "fulltext": may(ALL),
    "report": may(ALL, "report"),
    "report_step": may("ORL", "report"),
    "fulltext_upload": may("ORL", "report"),
    "fulltext_file": may(ALL, "report", "file"),
    "fulltext_withdraw": may("ORL", "report", "file"),
    "studies": may(ALL),
    "study": may(ALL, "study"),
    "study_link": may("OR", "study"),
    "study_unlink": may("OR", "study"),
    "study_rename": may("OR", "study"),
    # records
    "records": may(ALL),
    "records_counts": may(ALL),
    "records_chosen": may(ALL),
    "record": may(ALL, "record"),
    "record_edit": may("ORL", "record"),
    "record_remove": may("OL", "record"),
    "record_restore": may("OL", "record"),
    "history": may(ALL),
    "my_votes_csv": may("R"),
    # reporting
    "prisma": may(ALL),
    "prisma_rounds": may(ALL),
    "prisma_records": may(ALL, "box"),
    "prisma_file": may("ORAL", "csv"),
    "agreement": may(ALL),
    "agreement_records": may(ALL),
    "agreement_time": may(ALL),
    "agreement_file": may("ORAL"),
    "exports": may("ORAL"),
    "export": may("ORAL", "'included", "'ris"),
    "snapshots": may(ALL, post="O"),
    "snapshot": may(ALL, "snapshot"),
    "declared_new": may("O"),
    "declared_withdraw": may("O", "declared"),
    "methods": may(ALL),
    "methods_file": may("ORAL"),
    # classification, charting, themes
    "classification": may(ALL),
    "rating_save": may("R"),
    "rating_agree": may("R"),
    "classification_rules": may("O"),
    "scale_new": may("O"),
    "scale_save": may("O", "scale"),
    "scale_retire": may("O", "scale"),
    "classification_export": may("ORAL"),
    "charting": may(ALL),
    "charting_form": may("O"),
    "study_chart": may(ALL, "study"),
    "answer_save": may("R", "study"),
    "study_charted": may("R", "study"),
    "study_verify": may("R", "study"),
    "study_take_back": may("R", "study"),
    "themes": may(ALL),
    "theme_new": may("R"),
    "placement_save": may("R"),
    "placement_undo": may("R"),
    "theme_edit": may("R", "theme"),
    "theme_shift": may("R", "theme"),
    "theme_retire": may("R", "theme"),
    "theme_merge": may("R", "theme"),
    "table1": may(ALL),
    "table1_export": may("ORAL"),
    "charts": may(ALL),
}

SITE: dict[str, Site] = {
    "home": site(200, 302),
    "health": site(200, 200),
    "manifest": site(200, 200),
    "service_worker": site(200, 200),
    "demo": site(404, 404),
    "review_new": site(200, 302),
    "invitation": site(200, 200, "token"),
    "account_settings": site(200, 302),
    "account_email": site(200, 302),
    "account_keys": site(405, 302),
    "account_signup": site(302, 200),
    "account_login": site(302, 200),
    "account_logout": site(200, 302),
    "account_inactive": site(200, 200),
    "account_reauthenticate": site(200, 302),
    "account_email_verification_sent": site(200, 200),
    "account_confirm_email": site(200, 200, "'no-such-key"),
    "account_change_password": site(200, 302),
    "account_set_password": site(302, 302),
    "account_reset_password": site(200, 200),
    "account_reset_password_done": site(200, 200),
    "account_reset_password_from_key": site(200, 200, "'1", "'no-such-key"),
    "account_reset_password_from_key_done": site(200, 200),
    "account_confirm_login_code": site(302, 302),
}
