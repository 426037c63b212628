from tests.api.matrix import Row

ROWS = {"GET audit/": Row("no", "no", "yes")}
