"""Charts as values: say what the figures are, `{% chart %}` draws them on the server.

Each is a frozen dataclass with a title and a unit, and comes with its data table. Tones are the four meanings of
`portal.components`, "neutral" or "accent". They are made to say something at 20,000 students: shares, distributions,
trends, the ten at the end of a list; never a bar per person.
"""

from portal.charts.bars import BarChart, GroupedBars, ShareBar, StackedBars
from portal.charts.base import Bar, Chart, Series
from portal.charts.columns import Histogram, LineChart, Sparkline

__all__ = [
    "Bar",
    "BarChart",
    "Chart",
    "GroupedBars",
    "Histogram",
    "LineChart",
    "Series",
    "ShareBar",
    "Sparkline",
    "StackedBars",
]
