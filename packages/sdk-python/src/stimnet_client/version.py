"""The version of this package, which is sent to gateways."""

VERSION = "0.1.0"
