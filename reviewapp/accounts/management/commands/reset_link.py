"""manage.py reset_link NAME: a way back in where no mail is sent."""
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from reviewapp.accounts import actions, queries


class Command(BaseCommand):
    help = "Print a link with which a person sets a new password, once. Hand it over in a way that only they can read."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("person", help="user name or e-mail")

    def handle(self, *args: Any, **options: Any) -> None:
        user = queries.person(options["person"]) if options["person"] else None
        if user is None:
            raise CommandError(f"Nobody here is called {options['person']}. Give the user name or the e-mail of an open account.")
        self.stdout.write(actions.reset_link(user))
