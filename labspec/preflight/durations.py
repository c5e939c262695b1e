"""How long types of resources take to be made: averages that were measured, and how long AWS's SDKs wait for them.

The averages are those of `rain forecast`, AWS's own tool, of the operations of all its users (`estimate.go` in
aws-cloudformation/rain, July 2026). How long is waited is what the waiters of AWS's SDKs do (`waiters-2.json`
in botocore 1.43): who calls AWS through them is told after that time that something went wrong. CloudFormation
is not among them, and may wait longer.
"""

from __future__ import annotations

from functools import cache
from typing import Final

SOURCE: Final = "the averages of rain forecast (aws-cloudformation/rain, July 2026)"
PATIENCE_SOURCE: Final = "how long the waiters of AWS's SDKs wait (botocore 1.43)"

PATIENCE: Final = {
    "AWS::CloudFront::Distribution": 2_100,
    "AWS::DMS::ReplicationInstance": 3_600,
    "AWS::DocDB::DBInstance": 1_800,
    "AWS::EC2::Instance": 600,
    "AWS::EC2::NatGateway": 600,
    "AWS::EC2::VPNConnection": 600,
    "AWS::ECS::Service": 600,
    "AWS::EKS::Cluster": 1_200,
    "AWS::EKS::Nodegroup": 2_400,
    "AWS::ElasticLoadBalancingV2::LoadBalancer": 600,
    "AWS::Neptune::DBInstance": 1_800,
    "AWS::RDS::DBCluster": 1_800,
    "AWS::RDS::DBInstance": 1_800,
    "AWS::Redshift::Cluster": 1_800,
}
"""Seconds after which AWS's own waiters give up."""

AVERAGES: Final = """
AmazonMQ: Broker 604, Configuration 2, ConfigurationAssociation 177
ApiGateway: Account 2, ApiKey 2, Authorizer 1, BasePathMapping 12, ClientCertificate 2, Deployment 3,
  DocumentationPart 1, DocumentationVersion 2, DomainName 14, GatewayResponse 1, Method 2, Model 2, RequestValidator
  2, Resource 2, RestApi 2, Stage 2, UsagePlan 2, UsagePlanKey 2, VpcLink 429
ApiGatewayV2: AccessPolicy 2, Api 2, ApiMapping 1, Authorizer 1, Deployment 2, DomainName 6, Integration 1,
  IntegrationResponse 1, Model 1, Route 1, RouteResponse 1, Stage 1, VpcLink 124
ApplicationAutoScaling: ScalableTarget 2, ScalingPolicy 1
AutoScaling: AutoScalingGroup 3, LaunchConfiguration 2, LifecycleHook 2, ScalingPolicy 7, ScheduledAction 12, WarmPool
  24
Backup: BackupPlan 4, BackupSelection 2, BackupVault 2, Framework 22, ReportPlan 7
CertificateManager: Account 3, Certificate 239
CloudFormation: CustomResource 119, HookDefaultVersion 3, HookTypeConfig 1, HookVersion 44, Macro 1,
  ModuleDefaultVersion 1, ModuleVersion 17, PublicTypeVersion 167, Publisher 1, ResourceDefaultVersion 3,
  ResourceTypeVersion 1, ResourceTypeVersionMapping 1, ResourceVersion 108, Stack 133, StackSet 17, Transform 1,
  TypeActivation 1, WaitCondition 210, WaitConditionHandle 0
CloudFront: CachePolicy 2, CloudFrontOriginAccessIdentity 2, ContinuousDeploymentPolicy 2, Distribution 266, Function
  5, KeyGroup 2, OriginAccessControl 2, OriginRequestPolicy 2, PublicKey 2, Random 1, RealtimeLogConfig 2,
  ResponseHeadersPolicy 2
CloudWatch: Alarm 2, AnomalyDetector 1, CompositeAlarm 1, Dashboard 2, InsightRule 3, MetricStream 1
Cognito: IdentityPool 1, IdentityPoolPrincipalTag 1, IdentityPoolRoleAttachment 1, UserPool 3, UserPoolClient 1,
  UserPoolDomain 2, UserPoolGroup 21, UserPoolIdentityProvider 1, UserPoolResourceServer 1,
  UserPoolRiskConfigurationAttachment 1, UserPoolUICustomizationAttachment 1, UserPoolUser 1,
  UserPoolUserToGroupAttachment 1
DocDB: DBCluster 68, DBClusterParameterGroup 3, DBInstance 298, DBSubnetGroup 3, EventSubscription 2
DynamoDB: GlobalTable 64, Table 15
EC2: CapacityReservation 2, CapacityReservationFleet 33, CarrierGateway 4, ClientVpnAuthorizationRule 240,
  ClientVpnEndpoint 3, ClientVpnRoute 37, ClientVpnTargetNetworkAssociation 463, CoipCidr 4, CoipPool 4,
  CustomerGateway 17, DHCPOptions 7, EC2Fleet 3, EIP 17, EIPAssociation 5, EgressOnlyInternetGateway 17, FlowLog 2,
  GatewayRouteTableAssociation 6, Host 17, IPAM 2, IPAMAllocation 1, IPAMPool 18, IPAMPoolCidr 10,
  IPAMResourceDiscovery 2, IPAMResourceDiscoveryAssociation 2, IPAMScope 2, Instance 16, InstanceConnectEndpoint 316,
  InternetGateway 17, IpPoolRouteTableAssociation 6, KeyPair 1, LaunchTemplate 6, LocalGatewayRoute 2,
  LocalGatewayRouteTable 4, LocalGatewayRouteTableVPCAssociation 4,
  LocalGatewayRouteTableVirtualInterfaceGroupAssociation 4, NatGateway 106, NetworkAcl 17, NetworkAclEntry 3,
  NetworkInsightsAccessScope 2, NetworkInsightsAccessScopeAnalysis 63, NetworkInsightsAnalysis 23, NetworkInsightsPath
  1, NetworkInterface 12, NetworkInterfaceAttachment 12, NetworkInterfacePermission 16,
  NetworkPerformanceMetricSubscription 1, PlacementGroup 17, PrefixList 6, Route 2, RouteTable 12, SecurityGroup 6,
  SecurityGroupEgress 3, SecurityGroupIngress 2, SpotFleet 4, Subnet 4, SubnetCidrBlock 2, SubnetNetworkAclAssociation
  13, SubnetRouteTableAssociation 2, TrafficMirrorFilter 2, TrafficMirrorFilterRule 1, TrafficMirrorSession 2,
  TrafficMirrorTarget 2, TransitGateway 53, TransitGatewayAttachment 50, TransitGatewayConnect 2,
  TransitGatewayMulticastDomain 17, TransitGatewayMulticastDomainAssociation 18, TransitGatewayMulticastGroupMember 7,
  TransitGatewayMulticastGroupSource 7, TransitGatewayPeeringAttachment 39, TransitGatewayPolicyTable 2,
  TransitGatewayPolicyTableAssociation 35, TransitGatewayRoute 1, TransitGatewayRouteTable 8,
  TransitGatewayRouteTableAnnouncement 83, TransitGatewayRouteTableAssociation 2, TransitGatewayRouteTablePropagation
  1, TransitGatewayVpcAttachment 49, VPC 12, VPCCidrBlock 23, VPCDHCPOptionsAssociation 1, VPCEndpoint 47,
  VPCEndpointConnectionNotification 3, VPCEndpointService 6, VPCEndpointServicePermissions 3, VPCGatewayAttachment 12,
  VPCPeeringConnection 10, VPNConnection 165, VPNConnectionRoute 18, VPNGateway 7, VPNGatewayRoutePropagation 18,
  VerifiedAccessEndpoint 783, VerifiedAccessGroup 2, VerifiedAccessInstance 2, VerifiedAccessTrustProvider 2, Volume
  7, VolumeAttachment 7
ECR: PublicRepository 2, PullThroughCacheRule 1, RegistryPolicy 1, ReplicationConfiguration 1, Repository 1
ECS: CapacityProvider 2, Cluster 5, ClusterCapacityProviderAssociations 13, PrimaryTaskSet 6, Service 119,
  TaskDefinition 4, TaskSet 62
EFS: AccessPoint 5, FileSystem 5, MountTarget 93
EKS: Addon 15, Cluster 544, FargateProfile 18, IdentityProviderConfig 433, Nodegroup 160
ElastiCache: CacheCluster 344, GlobalReplicationGroup 119, ParameterGroup 1, ReplicationGroup 712, SecurityGroup 1,
  SubnetGroup 2, User 2, UserGroup 42
ElasticLoadBalancing: LoadBalancer 2
ElasticLoadBalancingV2: Listener 2, ListenerCertificate 1, ListenerRule 2, LoadBalancer 116, TargetGroup 18
Events: ApiDestination 1, Archive 1, Connection 2, Endpoint 6, EventBus 1, EventBusPolicy 1, Rule 62
FSx: DataRepositoryAssociation 73, FileSystem 637, Snapshot 62, StorageVirtualMachine 176, Volume 65
IAM: AccessKey 1, Group 12, GroupPolicy 32, InstanceProfile 126, ManagedPolicy 16, OIDCProvider 2, Policy 17, Role 12,
  RolePolicy 32, SAMLProvider 2, ServerCertificate 122, ServiceLinkedRole 2, User 37, UserPolicy 32,
  UserToGroupAddition 0, VirtualMFADevice 124
KMS: Alias 62, Key 122, ReplicaKey 124, TestPrimaryMrk 123
Lambda: Alias 51, CodeSigningConfig 1, EventInvokeConfig 2, EventSourceMapping 10, Function 25, LayerVersion 8,
  LayerVersionPermission 1, Permission 1, Url 1, Version 4
Logs: AccountPolicy 1, Destination 1, LogGroup 1, LogStream 11, MetricFilter 2, QueryDefinition 1, ResourcePolicy 1,
  SubscriptionFilter 1
MSK: BatchScramSecret 3, Cluster 1833, ClusterPolicy 9, Configuration 6, ServerlessCluster 138, VpcConnection 130
Neptune: DBCluster 79, DBClusterParameterGroup 2, DBInstance 845, DBParameterGroup 2, DBSubnetGroup 2
OpenSearchService: Domain 887
RDS: CustomDBEngineVersion 3, DBCluster 222, DBClusterParameterGroup 2, DBInstance 595, DBParameterGroup 2, DBProxy
  225, DBProxyEndpoint 163, DBProxyTargetGroup 85, DBSecurityGroup 2, DBSubnetGroup 2, EventSubscription 2,
  GlobalCluster 2, OptionGroup 1
Redshift: Cluster 239, ClusterParameterGroup 5, ClusterSubnetGroup 3, EndpointAccess 180, EndpointAuthorization 6,
  EventSubscription 6, ScheduledAction 6
Route53: CidrCollection 1, DNSSEC 32, HealthCheck 2, HostedZone 71, KeySigningKey 32, RecordSet 20, RecordSetGroup 33
S3: AccessPoint 32, Bucket 30, BucketPolicy 12, MultiRegionAccessPoint 220, MultiRegionAccessPointPolicy 12,
  StorageLens 2
SNS: Subscription 2, Topic 4, TopicInlinePolicy 32, TopicPolicy 1
SQS: Queue 72, QueueInlinePolicy 32, QueuePolicy 1
SSM: Association 2, Document 32, MaintenanceWindow 1, MaintenanceWindowTarget 1, MaintenanceWindowTask 1, OpsMetadata
  1, Parameter 1, PatchBaseline 2, ResourceDataSync 4, ResourcePolicy 1
SecretsManager: ResourcePolicy 1, RotationSchedule 17, Secret 1, SecretTargetAttachment 1
StepFunctions: Activity 1, StateMachine 1, StateMachineAlias 1, StateMachineVersion 1
WAFv2: IPSet 2, LoggingConfiguration 2, RegexPatternSet 2, RuleGroup 7, WebACL 7, WebACLAssociation 5
"""
"""Seconds to create one, service by service."""


@cache
def averages() -> dict[str, int]:
    """Seconds that creating one of a type takes on average."""
    found: dict[str, int] = {}
    service = ""
    for word in AVERAGES.replace("\n", " ").replace(",", "").split():
        if word.endswith(":"):
            service, name = word.removesuffix(":"), ""
        elif word.isdigit():
            found[f"AWS::{service}::{name}"] = int(word)
        else:
            name = word
    return found
