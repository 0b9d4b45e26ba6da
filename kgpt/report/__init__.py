"""Room 13: results in, a page out."""

# from kgpt.report.page import write_report

__all__ = []
