"""Machines that did not start, or did not say that they are ready, and the networks that they stand in."""

from __future__ import annotations

from labspec.cloud.known.form import GROUPS, Known

# `GetConsoleOutput`, Amazon EC2 API Reference: what was posted as it ended is there for at least one hour. A log group
# that an operation made goes with its rollback; none of CloudFormation's deletion policies keeps it then alone.
LOG = (
    "Its console tells which step it was, also for an hour after a rollback has ended it: `aws ec2 get-console-output"
    " --output text --instance-id {physical} --region {region}` (with `--latest` while it runs). With the rollback off"
    " (`--no-rollback`) a new machine stays, and has /var/log/labspec-boot.log: `aws ssm start-session --target"
    " {physical} --region {region}`. Of one that was there before, CloudWatch Logs has it, too, if its role may write"
    f" there: {GROUPS} `...SetupLog...`. A new one's goes with the rollback."
)
LOGS = (
    "A machine's console tells which step it was, also for an hour after a rollback has ended it: `aws ec2"
    " get-console-output --output text --region {region}` with its id (and `--latest` while it runs). With the rollback"
    " off (`--no-rollback`) new machines stay, and have /var/log/labspec-boot.log: `aws ssm start-session --region"
    " {region}`. Of a group that was there before, CloudWatch Logs has it, too, if its role may write there:"
    f" {GROUPS} `...SetupLog...`. A new one's goes with the rollback."
)

MACHINES = (
    # ------------------------------------------------------------------ signals
    # "Troubleshooting CloudFormation": wait condition didn't receive the required number of signals
    Known(r"Failed to receive \d+ resource signal", f"The machine never said that it is ready. {LOG}", "Instance$"),
    # the same
    Known(
        r"Failed to receive \d+ resource signal|Received 0 SUCCESS signal",
        f"Too few machines said in time that they are ready. {LOGS}",
    ),
    # "AWS ParallelCluster troubleshooting". A signal has no room for a reason (`SignalResource`).
    Known("Received FAILURE signal", f"The machine says that its setup failed. {LOG}", "Instance$"),
    # "Troubleshoot AWS Launch Wizard for SQL Server"
    Known(r"Received (\d+ )?FAILURE signal", f"A machine says that its setup failed. {LOGS}"),
    # EC2 instance launch failures ("Troubleshoot Amazon EC2 Auto Scaling")
    Known(
        "(?i:group did not stabilize)",
        "The group could not start its machines: `aws autoscaling describe-scaling-activities --region {region}"
        " --auto-scaling-group-name {physical}` says why.",
    ),
    # ------------------------------------------------------------------ machines
    # "Error codes for the Amazon EC2 API": InvalidAMIID.NotFound, AuthFailure
    Known(
        r"image id '\[?[^]']+\]?' does not exist|InvalidAMIID|(?i:not authorized for images)",
        "Images belong to a region, and their owners remove them: choose one that the account may use in {region}.",
        property="ImageId",
    ),
    # "Error codes for the Amazon EC2 API": InvalidKeyPair.Duplicate
    Known(
        "(?i:key ?pair( '[^']*')? already exists)|InvalidKeyPair.Duplicate",
        "Give the key pair another name, or delete the one that is there: `aws ec2 delete-key-pair --region {region}"
        " --key-name NAME`.",
        property="KeyName",
    ),
    # the same
    Known(
        "already exists(?! in stack)",
        "Give the key pair another name, or delete the one that is there: `aws ec2 delete-key-pair --region {region}"
        " --key-name NAME`.",
        "EC2::KeyPair$",
        "KeyName",
    ),
    # EC2 instance launch failures ("Troubleshoot Amazon EC2 Auto Scaling")
    Known(
        r"(?i:key pair '[^']+' does not exist)|InvalidKeyPair.NotFound",
        "Key pairs belong to a region: make it in {region}, or name one of `aws ec2 describe-key-pairs --region"
        " {region}`.",
        property="KeyName",
    ),
    # "Error codes for the Amazon EC2 API": InvalidBlockDeviceMapping
    Known(
        r"smaller than snapshot.*expect size ?>= ?(?P<size>\d+) ?GB",
        "The root disk has to hold its image: give it {size}GiB or more, or say no size.",
        property="BlockDeviceMappings",
    ),
    # "Instance profiles", IAM User Guide: a new one is not known everywhere at once
    Known(
        "(?i:invalid IAM instance profile)",
        "IAM takes some seconds to know a new profile everywhere: deploy again. Another one has to exist.",
        property="IamInstanceProfile",
    ),
    # ------------------------------------------------------------------ networks
    # "Error codes for the Amazon EC2 API": InvalidSubnet.Conflict
    Known(
        "conflicts with another subnet|InvalidSubnet.Conflict",
        "Another subnet of the VPC has some of these addresses. To put one in the place of another takes two"
        " deployments, or other addresses: CloudFormation makes the new one before it deletes the old one.",
        property="CidrBlock",
    ),
    # "Error codes for the Amazon EC2 API": RouteAlreadyExists
    Known(
        r"route identified by (?P<to>[^ ]+) already exists",
        "The route table has another route to {to}, made by hand or by what is to be replaced: remove it first.",
        property="DestinationCidrBlock",
    ),
)
