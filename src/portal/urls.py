"""Routes of the pages, at the legacy's paths and under its names."""

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []
