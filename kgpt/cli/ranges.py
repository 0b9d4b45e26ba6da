"""The ranges of the numbers that options take: what lies outside is refused with the option's name."""

import click

COUNT = click.IntRange(min=1)
SHARE = click.FloatRange(min=0, max=1)
