"""The pages, one file per task of the people who use them."""
