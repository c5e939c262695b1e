"""Functions, permissions, what holds on to another; and last what is general."""

from __future__ import annotations

from labspec.cloud.known.form import GROUPS, Known

STAYS = " What a first deployment logged goes with its rollback: with `--no-rollback` it stays."

WORK = (
    # ------------------------------------------------------------------ functions and custom resources
    # "Lambda quotas"; quoted with [10], [50] and [100] by many projects
    Known(
        r"UnreservedConcurrentExecution below its minimum value of \[(?P<least>\d+)\]",
        "{least} executions at once must stay free for other functions: reserve none, or have the quota raised.",
    ),
    # "Troubleshoot configuration issues in Lambda"
    Known(
        "role defined for the function cannot be assumed by Lambda",
        "IAM takes some seconds to know a new role everywhere: deploy again. A role of the account's own has to trust"
        " lambda.amazonaws.com.",
    ),
    # alestic/lambdash issue 13, "CloudFormation template failed due to node version"
    Known(
        r"runtime parameter of (?P<runtime>\S+) is (not|no longer) supported",
        "Lambda in {region} does not have {runtime}: update labspec if the function is its own, or deploy elsewhere.",
        property="Runtime",
    ),
    # "Troubleshooting CloudFormation": custom resources
    Known(
        "did not receive a response from your Custom Resource|Custom Resource failed to stabilize",
        "The function behind it gave no answer in time. Its log says how far it came: `aws logs tail LOG-GROUP --since"
        f" 2h --region {{region}}`; {GROUPS} it.{STAYS}",
    ),
    # the answer of labspec's own makers names the log stream
    Known(
        r"\(log stream (?P<stream>[^)]+)\)",
        "The function behind it says so itself; the rest is in its log: `aws logs tail LOG-GROUP --region {region}"
        f" --log-stream-names '{{stream}}'`; {GROUPS} it.{STAYS}",
    ),
    # "Custom resource response objects"
    Known(
        r"Received response status \[FAILED\] from custom resource",
        "The function behind it says so itself; the rest is in its log: `aws logs tail LOG-GROUP --region {region}`."
        f"{STAYS}",
    ),
    # ------------------------------------------------------------------ permissions
    # "Error codes for the Amazon EC2 API": RequestExpired; `ExpiredToken` among "Common errors", AWS STS API Reference
    Known(
        "(?i:security token included in the request is expired|ExpiredToken|token has expired)",
        "The credentials that the stack was deployed with ended before it was done: log in again for longer, and deploy"
        " again; or deploy with a role of CloudFormation's own (`--role-arn`).",
    ),
    # "Using service-linked roles for Amazon RDS"
    Known(
        "(?i:service.linked role)|iam:CreateServiceLinkedRole",
        "The account lacks a role that the service works with. Who administers it runs once, with rds,"
        " elasticloadbalancing or autoscaling: `aws iam create-service-linked-role --aws-service-name"
        " SERVICE.amazonaws.com`.",
    ),
    # "Troubleshoot access denied error messages", IAM User Guide
    Known(
        r"not authorized to perform: (?P<action>[\w-]+:\w+).* (with an explicit deny|because no (?!identity))",
        "More than the deployer's own policies must allow {action}: AWS's words name the one that does not.",
    ),
    # the same
    Known(
        r"not authorized to perform: (?P<action>[\w-]+:\w+)",
        "Let the deployer, or the role that the stack is deployed with, do {action}.",
    ),
    # aws/aws-cdk issue 3102, "S3 Bucket with public read access fails to create", quotes the form
    Known(
        r"API: (?P<action>[\w-]+:\w+) .*(?i:access denied|not authorized)",
        "Let the deployer, or the role that the stack is deployed with, do {action}.",
    ),
    # `DecodeAuthorizationMessage`, AWS STS API Reference
    Known(
        "Encoded authorization failure message",
        "`aws sts decode-authorization-message --query DecodedMessage --output text --encoded-message MESSAGE` tells"
        " what the deployer may not do.",
    ),
    # "Acknowledging IAM resources in CloudFormation templates"
    Known(
        r"Requires capabilities ?: ?\[(?P<which>[^]]+)\]",
        "Deploy with {which}: `labspec deploy` acknowledges by itself what the templates need.",
    ),
    # ------------------------------------------------------------------ what holds on to another
    # hashicorp/terraform issue 1303, "aws vpc destroy fails with unmap public addresses before detaching gateway"
    Known(
        "has some mapped public address",
        "Something in the VPC still has a public address: perhaps a machine of another stack. Remove it,"
        " and delete again.",
    ),
    # "Error codes for the Amazon EC2 API": DependencyViolation
    Known(
        "has a dependent object|has dependencies and cannot be deleted|DependencyViolation|currently in use",
        "What no stack made uses it, mostly a network interface (`aws ec2 describe-network-interfaces --region"
        " {region}`) or a rule that names it. Remove that, and delete again.",
        "EC2::",
    ),
    # errors of `DeleteTargetGroup`, Elastic Load Balancing API Reference: ResourceInUse
    Known("(?i:currently in use|ResourceInUse)", "Something else uses it: take it out there, and delete again."),
    # "Error codes for the Amazon EC2 API": OperationNotPermitted
    Known(
        "disableApiTermination",
        "Switch its termination protection off, and delete again: `aws ec2 modify-instance-attribute --instance-id"
        " {physical} --no-disable-api-termination --region {region}`.",
    ),
    # "Protect CloudFormation stacks from being deleted"
    Known(
        "TerminationProtection is enabled",
        "Switch its termination protection off, and delete again: `aws cloudformation update-termination-protection"
        " --no-enable-termination-protection --stack-name {physical} --region {region}`.",
    ),
    # ------------------------------------------------------------------ without a rollback
    # anomalyco/sst issue 977, "Debug stack: Replacement type updates not supported on stack with disable-rollback"
    Known(
        "Replacement type updates not supported",
        "While the rollback is off AWS replaces nothing: take the failed change back (`aws cloudformation"
        " rollback-stack --region {region} --stack-name NAME`), and deploy without `--no-rollback`.",
    ),
    # aws/aws-cli issue 6368 quotes it
    Known(
        "use the disable-rollback parameter",
        "What failed without a rollback goes on without one: deploy with `--no-rollback`.",
    ),
    # ------------------------------------------------------------------ the rest
    # errors of `Subscribe`, Amazon SNS API Reference: InvalidParameter
    Known("Invalid parameter: Email address", "This is no e-mail address.", property="Endpoint"),
    # aws/aws-cdk issue 9882, "Rate exceeded for operation 'Rate exceeded (Service: Lambda...)'"
    Known(
        "(?i:rate exceeded|throttling|RequestLimitExceeded|TooManyRequests)",
        "The service was asked too often at that moment: deploy again.",
    ),
    # "CloudFormation quotas"
    Known(
        "(?i:template may not exceed|less than or equal to 51200)",
        "The template is larger than CloudFormation takes: build nested stacks, as `--layout nested` does.",
    ),
    # aws/aws-cdk, "S3 error: Access Denied" among what is known of its pipelines
    Known(
        "S3 error: |TemplateURL must",
        "CloudFormation cannot read the template where it was published: what was published must stay, and the"
        " deployer, or the role that the stack is deployed with, needs s3:GetObject there.",
    ),
    # "Troubleshooting CloudFormation": template format and validation
    Known(
        "(?i:template (format|validation) error|circular dependency|unresolved resource dependenc)",
        "labspec wrote the template. Unless `resources` or `override` of the spec explain it, it is our mistake: please"
        " report it with the spec.",
    ),
    # "Troubleshooting CloudFormation": resource failed to stabilize
    Known(
        "(?i:exceeded attempts to wait|did not stabilize|NotStabilized)",
        "The service took it, and did not finish in time: look at it in the service's console, and deploy again.",
    ),
    # "Troubleshooting CloudFormation": update rollback failed, security group does not exist
    Known(
        "(?i:does not exist|not ?found)",
        "It, or what it names, was removed outside the stack or never was there: bring it back, or name another.",
    ),
    # a resource's handler says so of any type; hashicorp/terraform issue 15929 has Lambda's "Function already exist"
    Known("(?i:already ?exists?)", "One of this name is there: choose another name, or delete that one."),
    # "Troubleshoot access denied error messages", IAM User Guide
    Known("(?i:access ?denied|not authorized)", "The deployer, or the role that the stack is deployed with, may not."),
)
