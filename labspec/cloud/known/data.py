"""Buckets, databases, file systems, and load balancers."""

from __future__ import annotations

from labspec.cloud.known.form import Known

DATA = (
    # ------------------------------------------------------------------ buckets
    # "Error responses", Amazon S3 API Reference: BucketAlreadyOwnedByYou
    Known(
        "BucketAlreadyOwnedByYou|you already own it",
        "The account has this bucket, left by an earlier stack perhaps: choose another name, or delete the bucket.",
        "S3::Bucket$",
        "BucketName",
    ),
    # "Error responses", Amazon S3 API Reference: BucketAlreadyExists
    Known(
        "BucketAlreadyExists|bucket name is not available|already exists(?! in stack)",
        "Names of buckets are taken in the whole world: choose another one, or none. Perhaps an earlier stack left it.",
        "S3::Bucket$",
        "BucketName",
    ),
    # aws-samples/unishop-monolith-to-microservices issue 47; "Blocking public access to your Amazon S3 storage"
    Known(
        "BlockPublicPolicy|(?i:access denied)",
        "The account blocks public policies of all buckets (`Block Public Access settings for this account`, in S3's"
        " console): lift that, or give the website `access: private`. If it does not, the deployer lacks"
        " s3:PutBucketPolicy.",
        "S3::BucketPolicy$",
    ),
    # "Error responses", Amazon S3 API Reference: BucketNotEmpty
    Known(
        "bucket you tried to delete is not empty|BucketNotEmpty",
        "Empty it, its old versions too, and delete again; `labspec destroy` does both.",
    ),
    # ------------------------------------------------------------------ databases
    # aws-cloudformation/rain quotes it in its forecasts of databases
    Known(
        r"Cannot find version (?P<version>\S+) for (?P<engine>[\w-]+)",
        "RDS has no version {version} here, or no longer: `aws rds describe-db-engine-versions --engine {engine}"
        " --region {region} --query 'DBEngineVersions[].EngineVersion'` lists what it has.",
        property="EngineVersion",
    ),
    # "Supported DB engines for DB instance classes", Amazon RDS User Guide
    Known(
        "does not support creating a DB instance with the following combination",
        "This class does not go with this engine and version: `aws rds describe-orderable-db-instance-options --engine"
        " ENGINE --engine-version VERSION --region {region}` lists the classes that do.",
        property="DBInstanceClass",
    ),
    # errors of `CreateDBSubnetGroup`, Amazon RDS API Reference: DBSubnetGroupDoesNotCoverEnoughAZs
    Known(
        "meet Availability Zone [(]AZ[)] coverage|DoesNotCoverEnoughAZs",
        "A database needs subnets in two zones, also if it stands in one.",
        property="SubnetIds",
    ),
    # "Amazon RDS DB instance running out of storage", Amazon RDS User Guide
    Known(
        "storage[- ]full",
        "The database has no storage left: give it a larger `storage`.",
        "RDS::",
        "AllocatedStorage",
    ),
    # `MasterUserPassword` of `CreateDBInstance`, Amazon RDS API Reference
    Known(
        "MasterUserPassword is not a valid password",
        "Give another password, of printable signs but / @ quotes and spaces; or say `password: generated`.",
    ),
    # "Deleting a DB instance", Amazon RDS User Guide
    Known(
        "(?i:cannot delete protected (DB )?cluster)",
        "Switch its deletion protection off, and delete again: `aws rds modify-db-cluster --no-deletion-protection"
        " --db-cluster-identifier {physical} --region {region}`.",
    ),
    # the same
    Known(
        "(?i:cannot delete protected DB instance)",
        "Switch its deletion protection off, and delete again: `aws rds modify-db-instance --no-deletion-protection"
        " --db-instance-identifier {physical} --region {region}`.",
    ),
    # "Common error types", Amazon RDS API Reference
    Known("InvalidParameterCombination", "Two of its settings do not go together: AWS's words say which."),
    # ------------------------------------------------------------------ load balancers and file systems
    # errors of `CreateLoadBalancer`, Elastic Load Balancing API Reference
    Known(
        "DuplicateLoadBalancerName|DuplicateTargetGroupName|with the same name|already exists(?! in stack)",
        "{region} has one of this name: choose another name, or none, or delete that one.",
        "ElasticLoadBalancingV2::(LoadBalancer|TargetGroup)$",
        "Name",
    ),
    # `Subnets` of `CreateLoadBalancer`, Elastic Load Balancing API Reference
    Known(
        "At least two subnets in two different Availability Zones|multiple subnets in the same Availability Zone",
        "A load balancer takes one subnet of a zone, and needs two zones.",
        property="Subnets",
    ),
    # "Enable access logs for your Application Load Balancer"
    Known(
        r"Access Denied for bucket: (?P<bucket>\S+?)\. Please check S3bucket permission",
        "The policy of {bucket} has to let Elastic Load Balancing write there, and to stand before the load balancer.",
    ),
    # "Deletion protection", Elastic Load Balancing: Application Load Balancers
    Known(
        "(?i:deletion protection is enabled)",
        "Switch its deletion protection off, and delete again: `aws elbv2 modify-load-balancer-attributes --region"
        " {region} --attributes Key=deletion_protection.enabled,Value=false --load-balancer-arn {physical}`.",
        "LoadBalancer$",
    ),
    # errors of `CreateMountTarget`, Amazon EFS API Reference: MountTargetConflict
    Known(
        "mount target already exists in this AZ|MountTargetConflict",
        "A file system takes one subnet of a zone. To move to another subnet of it takes two deployments: the old mount"
        " target has to go first.",
        property="SubnetId",
    ),
)
