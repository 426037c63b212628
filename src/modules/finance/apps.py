from django.utils.translation import gettext_lazy as _

from contracts import finance, users
from kernel.module import ModuleConfig


class FinanceConfig(ModuleConfig):
    name = "modules.finance"
    verbose_name = _("Finance")

    provides = finance.FinanceService
    requires = (users.UsersService,)
    publishes = (
        *(finance.FineIssued, finance.FineCancelled, finance.FineWaived),
        *(finance.FineOverdue, finance.FineReminderDue),
        *(finance.PaymentSucceeded, finance.PaymentFailed),
    )
    deleted = finance.FinanceDeleted
