"""What finance does for others; the only writer of its tables."""

from kernel.refs import ReferenceQueries
from modules.finance.service.fines import Fines
from modules.finance.service.ledger import Ledger
from modules.finance.service.office import Office
from modules.finance.service.payments import Payments
from modules.finance.service.reports import Reports


class Finance(ReferenceQueries, Fines, Payments, Office, Reports, Ledger):
    """Fines, what is paid for them, and the books of both."""


provider = Finance()
