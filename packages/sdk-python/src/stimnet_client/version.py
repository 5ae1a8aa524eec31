"""The version of this package, told to gateways."""

VERSION = "0.1.0"
