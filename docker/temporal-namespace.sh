#!/bin/sh
# Makes the namespace, where it is missing. May be run again, and is at each start.
set -eu

namespace="${TEMPORAL_NAMESPACE:-default}"
attempt=1
until temporal operator cluster health; do
  if [ "$attempt" -ge 30 ]; then
    echo "Temporal at $TEMPORAL_ADDRESS did not become healthy" >&2
    exit 1
  fi
  attempt=$((attempt + 1))
  sleep 2
done

temporal operator namespace describe --namespace "$namespace" >/dev/null 2>&1 ||
  temporal operator namespace create --namespace "$namespace" --retention "${TEMPORAL_RETENTION:-72h}"
