"""Where a template gives a resource a name that nothing else may have."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

WORLD: Final[Mapping[str, tuple[str, ...]]] = {
    "AWS::ApiGateway::DomainName": ("DomainName",),
    "AWS::ApiGatewayV2::DomainName": ("DomainName",),
    "AWS::CloudFront::Distribution": ("DistributionConfig", "Aliases"),
    "AWS::Cognito::UserPoolDomain": ("Domain",),
    "AWS::ElasticBeanstalk::Environment": ("CNAMEPrefix",),
    "AWS::S3::Bucket": ("BucketName",),
}
"""Names that nobody else may have (`General purpose bucket naming rules`, `Use custom URLs by adding alternate domain
names`, and each type's page of the template reference)."""

ACCOUNT: Final[Mapping[str, tuple[str, ...]]] = {
    "AWS::AutoScaling::AutoScalingGroup": ("AutoScalingGroupName",),
    "AWS::AutoScaling::LaunchConfiguration": ("LaunchConfigurationName",),
    "AWS::CloudFormation::StackSet": ("StackSetName",),
    "AWS::CloudFront::CachePolicy": ("CachePolicyConfig", "Name"),
    "AWS::CloudFront::Function": ("Name",),
    "AWS::CloudFront::OriginAccessControl": ("OriginAccessControlConfig", "Name"),
    "AWS::CloudFront::OriginRequestPolicy": ("OriginRequestPolicyConfig", "Name"),
    "AWS::CloudFront::ResponseHeadersPolicy": ("ResponseHeadersPolicyConfig", "Name"),
    "AWS::CloudWatch::Alarm": ("AlarmName",),
    "AWS::CloudWatch::Dashboard": ("DashboardName",),
    "AWS::DynamoDB::Table": ("TableName",),
    "AWS::EC2::KeyPair": ("KeyName",),
    "AWS::EC2::LaunchTemplate": ("LaunchTemplateName",),
    "AWS::EC2::PrefixList": ("PrefixListName",),
    "AWS::ECR::Repository": ("RepositoryName",),
    "AWS::ECS::Cluster": ("ClusterName",),
    "AWS::EKS::Cluster": ("Name",),
    "AWS::ElastiCache::CacheCluster": ("ClusterName",),
    "AWS::ElastiCache::ReplicationGroup": ("ReplicationGroupId",),
    "AWS::ElasticLoadBalancing::LoadBalancer": ("LoadBalancerName",),
    "AWS::ElasticLoadBalancingV2::LoadBalancer": ("Name",),
    "AWS::ElasticLoadBalancingV2::TargetGroup": ("Name",),
    "AWS::Events::Rule": ("Name",),
    "AWS::IAM::Group": ("GroupName",),
    "AWS::IAM::InstanceProfile": ("InstanceProfileName",),
    "AWS::IAM::ManagedPolicy": ("ManagedPolicyName",),
    "AWS::IAM::Role": ("RoleName",),
    "AWS::IAM::User": ("UserName",),
    "AWS::KMS::Alias": ("AliasName",),
    "AWS::Kinesis::Stream": ("Name",),
    "AWS::Lambda::Function": ("FunctionName",),
    "AWS::Logs::LogGroup": ("LogGroupName",),
    "AWS::RDS::DBCluster": ("DBClusterIdentifier",),
    "AWS::RDS::DBClusterParameterGroup": ("DBClusterParameterGroupName",),
    "AWS::RDS::DBInstance": ("DBInstanceIdentifier",),
    "AWS::RDS::DBParameterGroup": ("DBParameterGroupName",),
    "AWS::RDS::DBSubnetGroup": ("DBSubnetGroupName",),
    "AWS::SNS::Topic": ("TopicName",),
    "AWS::SQS::Queue": ("QueueName",),
    "AWS::SSM::Document": ("Name",),
    "AWS::SSM::Parameter": ("Name",),
    "AWS::SecretsManager::Secret": ("Name",),
    "AWS::StepFunctions::StateMachine": ("StateMachineName",),
    "AWS::WAFv2::WebACL": ("Name",),
}
"""Names that are made up where a template gives none, and that an account has once (in a region, or in all).

Security groups' names are unique within a VPC, and are not among them.
"""
