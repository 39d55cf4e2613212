"""Whether a team's registration is complete and within the rules of its group.

``rules`` says what a group may ask, ``facts`` what a team has entered, ``checks`` lists what is
asked of an entry of any group and, through ``judgements``, how each rule stands. The answer is
a list of checks by key; what they say to people is written where they are shown.
"""

from eventhub.domain.eligibility.checks import (
    Check,
    CheckKey,
    check_team,
    is_complete,
)
from eventhub.domain.eligibility.facts import (
    DEGREES,
    CompanyFacts,
    MemberFacts,
    Shareholder,
    TeamFacts,
)
from eventhub.domain.eligibility.judgements import CheckStatus, judge_rule
from eventhub.domain.eligibility.rules import (
    COMPANY_KINDS,
    PARAMS,
    STATEMENT_KINDS,
    CompanyRule,
    CompanyRuleKind,
    InvalidRuleError,
    InvalidRulesError,
    Rule,
    RuleKind,
    TeamRules,
    Who,
    derive_key,
    is_declarable,
    read_rule,
    write_rule,
)
from eventhub.domain.eligibility.shares import (
    InvalidShareError,
    parse_share,
    round_share,
    write_share,
)

__all__ = [
    "COMPANY_KINDS",
    "DEGREES",
    "PARAMS",
    "STATEMENT_KINDS",
    "Check",
    "CheckKey",
    "CheckStatus",
    "CompanyFacts",
    "CompanyRule",
    "CompanyRuleKind",
    "InvalidRuleError",
    "InvalidRulesError",
    "InvalidShareError",
    "MemberFacts",
    "Rule",
    "RuleKind",
    "Shareholder",
    "TeamFacts",
    "TeamRules",
    "Who",
    "check_team",
    "derive_key",
    "is_complete",
    "is_declarable",
    "judge_rule",
    "parse_share",
    "read_rule",
    "round_share",
    "write_rule",
    "write_share",
]
