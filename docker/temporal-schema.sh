#!/bin/sh
# Makes Temporal's two databases, or brings them to this version's schema. May be run again, and is at each start.
set -eu

schema() {
  export SQL_DATABASE="$1"
  temporal-sql-tool create-database
  temporal-sql-tool setup-schema --version 0.0
  temporal-sql-tool update-schema --schema-name "$2"
}

schema temporal postgresql/v12/temporal
schema temporal_visibility postgresql/v12/visibility
