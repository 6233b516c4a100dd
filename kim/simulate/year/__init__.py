"""A year of many simulated paths in three municipalities, deterministic from a seed, played into real records.

People, agencies and bodies are invented here; what follows from what they do is for the product alone.
"""
