"""Room 13: results in, a page and a table out.

`kgpt.report.terminal` loads nothing heavy; `kgpt.report.page` loads matplotlib and the pipeline.
"""
