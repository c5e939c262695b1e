"""What an account may not have, or not yet; and what AWS has none left of."""

from __future__ import annotations

from labspec.cloud.known.form import Known

QUOTA = "or have the quota raised: `Service Quotas` in the console of {region}"

ACCOUNTS = (
    # ------------------------------------------------------------------ quotas
    # aws/aws-parallelcluster issue 1734, "pcluster configure failed"; radius-project/samples issue 711
    Known(
        "maximum number of addresses has been reached|AddressLimitExceeded",
        f"Release elastic addresses that nothing uses (`aws ec2 describe-addresses --region {{region}}`), {QUOTA}.",
    ),
    # "Error codes for the Amazon EC2 API": VpcLimitExceeded
    Known("maximum number of VPCs has been reached|VpcLimitExceeded", f"Delete a VPC that nothing uses, {QUOTA}."),
    # "Error codes for the Amazon EC2 API": VcpuLimitExceeded
    Known(
        r"current vCPU limit of \d+|VcpuLimitExceeded",
        f"Stop other machines, choose a smaller type, {QUOTA} (`Running On-Demand ... instances`, counted in vCPUs).",
        property="InstanceType",
    ),
    # kubernetes-retired/kube-aws issue 270; awslabs/aws-well-architected-labs issue 26
    Known(
        r"quota allows for \d+ more running instance",
        f"Stop other machines, {QUOTA}. A new account may have few: AWS Support raises it, too.",
    ),
    # "Error codes for the Amazon EC2 API": RulesPerSecurityGroupLimitExceeded
    Known(
        "maximum number of rules per security group has been reached|RulesPerSecurityGroupLimitExceeded",
        f"Join rules whose ranges lie side by side, {QUOTA}.",
    ),
    # "Error codes for the Amazon EC2 API"; errors of `CreateDBInstance` and `CreateLoadBalancer`
    Known(
        "(?<!Request)LimitExceeded|QuotaExceeded|TooMany(LoadBalancers|TargetGroups)|maximum number of .* has been",
        f"Delete what nothing uses, {QUOTA}.",
    ),
    # ------------------------------------------------------------------ plans and new accounts
    # RDS's FreeTierRestrictionError, as quoted in code and notes of many projects
    Known(
        "backup retention period exceeds the maximum available to free tier",
        "An account on the free plan keeps backups for one day: give the database `backups: 1d`, or upgrade the plan.",
        property="BackupRetentionPeriod",
    ),
    # the same
    Known(
        "(with|for) free plan accounts|not eligible for Free Tier|FreeTierRestriction",
        "The account's free plan does not include it: choose what it does, mostly a smaller type, or upgrade the plan.",
    ),
    # aws-samples/aws-cdk-examples issue 279, "Your account must be verified before you can add new CloudFront ..."
    Known(
        "account must be verified before you can add new CloudFront",
        "AWS lets no new account make distributions before it is verified: send these words to AWS Support.",
    ),
    # "Error codes for the Amazon EC2 API": PendingVerification
    Known(
        "accessing resources in this region is being validated|PendingVerification",
        "AWS looks at the account first: deploy again when its e-mail has come.",
    ),
    # "Error codes for the Amazon EC2 API": OptInRequired
    Known("OptInRequired|not subscribed to this service", "Sign up for the service, and deploy again."),
    # ------------------------------------------------------------------ capacity
    # hashicorp/terraform-provider-aws issue 1496, "AWS not enough capacity error message"
    Known(
        r"not have sufficient (?P<what>\S+) capacity in the Availability Zone you requested \((?P<zone>[^)]+)\)",
        "{zone} has no {what} left for now: try again later, or choose another zone or type.",
        property="InstanceType",
    ),
    # "Error codes for the Amazon EC2 API"; errors of `CreateDBInstance`
    Known(
        "Insufficient(Instance|Host|DBInstance|DBCluster|StorageCluster)?Capacity",
        "AWS has none left for now: try again later, or choose another zone or type.",
    ),
    # EC2 instance launch failures ("Troubleshoot Amazon EC2 Auto Scaling")
    Known(
        r"instance type \((?P<what>[^)]+)\) is not supported in your requested Availability Zone \((?P<zone>[^)]+)\)",
        "{zone} does not offer {what}: choose another zone or type.",
        property="InstanceType",
    ),
    # "Error codes for the Amazon EC2 API": Unsupported
    Known(
        "requested configuration is currently not supported|Error Code: Unsupported;",
        "The type is not offered there, or not for this image. `aws ec2 describe-instance-type-offerings --region"
        " {region} --location-type availability-zone` lists what is.",
        property="InstanceType",
    ),
)
