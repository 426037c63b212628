"""What finance serves by itself, wherever it runs."""

from django.urls import path

from modules.finance.webhooks import webhook

urlpatterns = [path("payments/webhook/<slug:provider>/", webhook, name="payment_webhook")]
