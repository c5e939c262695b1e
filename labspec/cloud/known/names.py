"""Names that are taken."""

from __future__ import annotations

from labspec.cloud.known.form import Known

NAMES = (
    # arielweinberger/sls-base and many others quote it
    Known(
        r"already exists in stack (arn:[^ ]*:stack/)?(?P<by>[\w-]+)",
        "The stack `{by}` has it: choose another name, or take it out of that stack first.",
    ),
    # errors of `CreateSecret` and `DeleteSecret`, AWS Secrets Manager API Reference
    Known(
        "secret with this name is already scheduled for deletion",
        "A deleted secret keeps its name for 7 to 30 days: choose another name, take the secret back (`aws"
        " secretsmanager restore-secret`), or have it gone at once (`delete-secret --force-delete-without-recovery`).",
        property="Name",
    ),
    # aws-samples/aws-modern-application-workshop issue 72, "Module 2: create-stack error"
    Known(
        "(?i:already ?exists)",
        "IAM's names count in the whole account, whatever the region: choose another name, or none, or delete what has"
        " this one.",
        "IAM::",
    ),
    # "Resource of type 'AWS::Logs::LogGroup' ... already exists", quoted by many projects
    Known(
        "(?i:already ?exists)",
        "An earlier stack left the log group, or a service made it: `aws logs delete-log-group --region {region}"
        " --log-group-name NAME`, if nobody needs what is in it.",
        "Logs::LogGroup$",
        "LogGroupName",
    ),
    # "Troubleshooting CloudFormation"; serverless and others quote it
    Known(
        r"custom-named resource requires replacing\. Rename (?P<name>\S+)",
        "It has to be replaced, and two cannot have one name at once: give it another name than {name}, or none.",
    ),
    # "Get exported outputs from a deployed CloudFormation stack": names are unique within a region
    Known(
        r"Export with name (?P<name>\S+) is already exported by stack (?P<by>[\w-]+)",
        "The stack `{by}` exports `{name}`: choose another name for the export.",
    ),
    # the same: an export cannot be removed or changed while another stack imports it
    Known(
        r"[Ee]xport (?P<name>\S+) (cannot be (deleted|updated) )?as it is in use by (?P<by>[\w-]+)",
        "The stack `{by}` imports `{name}`: change or delete that stack first.",
    ),
)
