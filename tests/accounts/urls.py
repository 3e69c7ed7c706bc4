"""The account pages and a front page."""
from django.http import HttpRequest, HttpResponse
from django.urls import include, path


def home(request: HttpRequest) -> HttpResponse:
    return HttpResponse(str(request.user))


urlpatterns = [path("", home, name="home"), path("", include("reviewapp.accounts.urls"))]
