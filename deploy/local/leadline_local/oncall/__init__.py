"""What on-call looks at, written by code: the rules of burn rates and the dashboards."""
