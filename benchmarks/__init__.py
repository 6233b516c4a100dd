"""What is measured, how, against what. Nothing of the product imports from here."""
