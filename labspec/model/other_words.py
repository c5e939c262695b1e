"""Words of AWS's, and of others, for what the language calls otherwise."""

from __future__ import annotations

import re
from collections.abc import Collection

from labspec.nearest import alike

OTHER_WORDS = {
    "labspec": "edition schema version",
    "instances": "ec2 machine machines server servers vm vms",
    "databases": "db dbs rds mysql",
    "load_balancers": "alb albs elb elbs lb lbs nlb loadbalancing",
    "auto_scaling_groups": "asg asgs autoscaling fleet scalinggroups",
    "launch_templates": "templates launchconfigurations",
    "file_systems": "efs nfs",
    "images": "ami amis",
    "security_groups": "firewall firewalls groups securitygroupids sg sgs vpcsecuritygroups vpcsecuritygroupids",
    "key_pairs": "keypairs keys sshkeys",
    "roles": "iam iamroles",
    "notifications": "alerts sns topics",
    "websites": "buckets cloudfront s3 sites",
    "vpcs": "networks",
    "parameters": "inputs params",
    "variables": "locals vars",
    "resources": "cfn cloudformation raw",
    "type": "instancetype",
    "class": "dbinstanceclass instanceclass",
    "image": "ami imageid",
    "key_pair": "key keyname sshkey",
    "elastic_ip": "eip elasticip",
    "public_ip": "associatepublicipaddress",
    "auto_public_ip": "mappubliciponlaunch",
    "subnets": "dbsubnetgroup subnetids vpczoneidentifier",
    "subnet": "subnetid",
    "cidr": "cidrblock",
    "zone": "availabilityzone az",
    "zones": "availabilityzones azs",
    "version": "engineversion",
    "storage": "allocatedstorage disk volume volumesize",
    "username": "masteruser masterusername user",
    "password": "masterpassword masteruserpassword",
    "database": "dbname schemaname",
    "protected": "deletionprotection",
    "backups": "backupretentionperiod",
    "permissions": "policies policy",
    "role": "iaminstanceprofile iamrole instanceprofile",
    "launch_template": "launchconfiguration launchtemplateid",
    "target_groups": "targetgrouparns targetgroups",
    "from": "cidr cidrblock cidrblocks cidrip source sources",
    "to": "cidr cidrblock cidrblocks cidrip destination destinations",
    "port": "fromport ports toport",
    "protocol": "ipprotocol",
    "ingress": "inbound rules securitygroupingress",
    "egress": "outbound securitygroupegress",
    "content": "files folder path",
    "internet": "all any anyone anywhere everybody everyone world",
    "amazon-linux-2023": "al2023 amazonlinux",
    "amazon-linux-2": "al2 amzn2",
    "cdn": "cloudfront cloudfrontdistribution distribution",
    "index": "defaultrootobject indexdocument",
    "error": "errordocument",
    "certificate": "acm acmcertificate certificatearn sslcertificate",
    "replicas": "readreplicas",
    "public": "publiclyaccessible",
    "on_delete": "deletionpolicy removalpolicy",
    "internet_gateway": "igw",
    "nat": "natgateway",
    "encrypted": "encryption storageencrypted",
    "private_ip": "privateipaddress",
    "setup": "bootstrap cfninit cloudinit",
    "size": "capacity desiredcapacity maxsize minsize",
    "dns_hostnames": "enablednshostnames",
    "dns_support": "enablednssupport",
    "text": "str string",
    "integer": "int number",
    "boolean": "bool",
    "allowed": "allowedvalues choices enum options values",
    "pattern": "allowedpattern regex",
}
"""For each word of the language what others call it, in lower case and without signs between the words."""

_OTHERS = {word: frozenset(others.split()) for word, others in OTHER_WORDS.items()}


def likely(typed: str, words: Collection[str], most: int = 3) -> list[str]:
    """The words that were likely meant by another one, the likeliest first: what it is a name for, or the nearest.

    None of the nearest is more than `most` edits away.
    """
    squeezed = _squeezed(typed)
    named = [word for word in words if squeezed in _OTHERS.get(word, ())]
    return named or alike(typed, words, most)


def is_called(word: str, typed: str) -> bool:
    """Whether others say a word for one of the language's."""
    return _squeezed(typed) in _OTHERS.get(word, ())


def _squeezed(typed: str) -> str:
    return re.sub(r"[\W_]", "", typed.lower())
