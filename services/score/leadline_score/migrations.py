"""Score's own tables, made after the runtime's."""

from leadline_runtime.migrations import RUNTIME
from leadline_score.rescoring_table import MIGRATION as RESCORING
from leadline_score.review_list import MIGRATION as REVIEW_LIST

OWN = (REVIEW_LIST, RESCORING)
ALL = RUNTIME + OWN
