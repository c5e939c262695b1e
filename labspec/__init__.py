"""labspec compiles a YAML description of an AWS architecture into CloudFormation."""

__version__ = "0.1.0"
