"""Every contact with the outside, one class a subject. Empty on purpose: workflows import `references` alone."""
