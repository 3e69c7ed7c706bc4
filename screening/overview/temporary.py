from django.urls import NoReverseMatch
from django.urls import reverse as real


def reverse(name, args=()):
    try:
        return real(name, args=args)
    except NoReverseMatch:
        return "#"
