"""Days in words: `Thu 12 Mar`. In English whatever the machine's locale is."""

from datetime import date

_DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


def short(day: date) -> str:
    """`Thu 12 Mar`"""
    return f"{_DAYS[day.weekday()][:3]} {day.day} {_MONTHS[day.month - 1]}"


def weekday(day: date) -> str:
    """`Thursday`"""
    return _DAYS[day.weekday()]


def same_week(one: date, other: date) -> bool:
    """Do both lie in one week, Monday to Sunday?"""
    return (one.toordinal() - 1) // 7 == (other.toordinal() - 1) // 7
