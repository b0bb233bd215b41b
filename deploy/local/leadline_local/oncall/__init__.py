"""What on-call looks at, written by code: rules of burn rates here, dashboards in `leadline_local.dashboards`."""
