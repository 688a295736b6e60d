"""What the head end counts."""

from prometheus_client import Counter, Histogram

REQUESTS = Counter(
    "feikong_coap_requests", "Requests of meters by path and answer", ["path", "code"]
)
REFUSED = Counter("feikong_coap_refused", "Requests refused, by reason", ["reason"])
DELIVERIES = Counter("feikong_coap_deliveries", "Commands sent to awake meters", ["outcome"])
GROUP_SIZE = Histogram(
    "feikong_uplink_group_size",
    "Uplinks in one commit",
    buckets=(1, 2, 5, 10, 20, 50, 100, 200, 500),
)
