"""A small stack of every kind of thing that permissions tell apart, and the requests that deploying it makes.

The requests are written down from the services' own pages (`Actions, resources, and condition keys`, and the API
References): what is asked, about which resources, and what AWS says of the request.
"""

from __future__ import annotations

from tests.iam.evaluation import Request

TEMPLATE = """
Parameters:
  Image: {Type: 'AWS::SSM::Parameter::Value<AWS::EC2::Image::Id>', Default: /aws/service/al2023}
Resources:
  Vpc: {Type: AWS::EC2::VPC, Properties: {CidrBlock: 10.0.0.0/16}}
  Subnet:
    Type: AWS::EC2::Subnet
    Properties: {VpcId: !Ref Vpc, CidrBlock: 10.0.0.0/24, AvailabilityZone: !Select [0, !GetAZs '']}
  Role:
    Type: AWS::IAM::Role
    Properties:
      PermissionsBoundary: !Sub 'arn:${AWS::Partition}:iam::${AWS::AccountId}:policy/Learners'
      ManagedPolicyArns: [!Sub 'arn:${AWS::Partition}:iam::aws:policy/AmazonSSMManagedInstanceCore']
      AssumeRolePolicyDocument:
        Statement: [{Effect: Allow, Principal: {Service: ec2.amazonaws.com}, Action: sts:AssumeRole}]
  Profile: {Type: AWS::IAM::InstanceProfile, Properties: {Roles: [!Ref Role]}}
  Web:
    Type: AWS::EC2::Instance
    Properties: {ImageId: !Ref Image, SubnetId: !Ref Subnet, IamInstanceProfile: !Ref Profile}
  FunctionRole:
    Type: AWS::IAM::Role
    Properties:
      RoleName: filler
      AssumeRolePolicyDocument:
        Statement: [{Effect: Allow, Principal: {Service: [lambda.amazonaws.com]}, Action: sts:AssumeRole}]
  Function:
    Type: AWS::Lambda::Function
    Properties:
      {Role: !GetAtt FunctionRole.Arn, Runtime: python3.13, Handler: index.handler, Code: {ZipFile: ''}}
  Filled: {Type: 'Custom::Filled', Properties: {ServiceToken: !GetAtt Function.Arn}}
  Secret: {Type: AWS::SecretsManager::Secret, Properties: {GenerateSecretString: {}}}
  Database:
    Type: AWS::RDS::DBInstance
    Properties:
      DBInstanceClass: db.t4g.micro
      Engine: mysql
      AllocatedStorage: '20'
      MasterUsername: admin
      MasterUserPassword: !Sub '{{resolve:secretsmanager:${Secret}:SecretString}}'
  Pages: {Type: AWS::S3::Bucket}
  Files: {Type: AWS::S3::Bucket, Properties: {BucketName: named-files}}
  Log: {Type: AWS::Logs::LogGroup, Properties: {LogGroupName: !Sub '/${AWS::StackName}/web'}}
  Alerts: {Type: AWS::SNS::Topic}
"""

ACCOUNT, REGION = "111122223333", "ap-northeast-2"
IN_REGION = {"aws:RequestedRegion": REGION}
BOUND = {"iam:PermissionsBoundary": f"arn:aws:iam::{ACCOUNT}:policy/Learners"}
SSM_CORE = {"iam:PolicyARN": "arn:aws:iam::aws:policy/AmazonSSMManagedInstanceCore"}
MACHINES = {"iam:PassedToService": "ec2.amazonaws.com"}
FUNCTIONS = {"iam:PassedToService": "lambda.amazonaws.com"}


def arn(service: str, rest: str, region: str = REGION, account: str = ACCOUNT) -> str:
    return f"arn:aws:{service}:{region}:{account}:{rest}"


def iam_arn(rest: str) -> str:
    return arn("iam", rest, region="")


ROLE, FILLER = iam_arn("role/lab-Role-1A2B3C"), iam_arn("role/filler")
PROFILE = iam_arn("instance-profile/lab-Profile-1A2B3C")
FUNCTION = arn("lambda", "function:lab-Function-1A2B3C")
DATABASE = arn("rds", "db:lab-database-1a2b3c")
SECRET = arn("secretsmanager", "secret:Secret-1A2B3C-x7Yz12")
BUCKET = "arn:aws:s3:::lab-pages-1a2b3c"
LOG, TOPIC = arn("logs", "log-group:/lab/web"), arn("sns", "lab-Alerts-1A2B3C")
LINKED = iam_arn("role/aws-service-role/rds.amazonaws.com/AWSServiceRoleForRDS")

WANTED = (
    Request("ec2:CreateVpc", arn("ec2", "vpc/*")),
    Request("ec2:ModifyVpcAttribute", arn("ec2", "vpc/vpc-1")),
    Request("ec2:CreateSubnet", arn("ec2", "subnet/*")),
    Request("ec2:CreateTags", arn("ec2", "subnet/subnet-1")),
    Request("ec2:DescribeVpcs", context=IN_REGION),
    Request("ec2:DescribeAvailabilityZones", context=IN_REGION),
    Request("ec2:DescribeImages", context=IN_REGION),
    Request("ssm:GetParameters", arn("ssm", "parameter/aws/service/al2023", account="")),
    Request("ec2:RunInstances", arn("ec2", "instance/*")),
    Request("ec2:RunInstances", arn("ec2", "image/ami-1", account="")),
    Request("ec2:RunInstances", arn("ec2", "subnet/subnet-1")),
    Request("ec2:StartInstances", arn("ec2", "instance/i-1")),
    Request("ec2:TerminateInstances", arn("ec2", "instance/i-1")),
    Request("iam:CreateRole", ROLE, BOUND),
    Request("iam:CreateRole", FILLER),
    Request("iam:AttachRolePolicy", ROLE, {**BOUND, **SSM_CORE}),
    Request("iam:PutRolePolicy", FILLER),
    Request("iam:DeleteRole", FILLER),
    Request("iam:DeleteRolePermissionsBoundary", FILLER),
    Request("iam:GetRole", ROLE),
    Request("iam:ListRoles"),
    Request("iam:CreateInstanceProfile", PROFILE),
    Request("iam:AddRoleToInstanceProfile", PROFILE),
    Request("iam:PassRole", ROLE, MACHINES),
    Request("iam:PassRole", FILLER, FUNCTIONS),
    Request("iam:CreateServiceLinkedRole", LINKED, {"iam:AWSServiceName": "rds.amazonaws.com"}),
    Request("lambda:CreateFunction", FUNCTION),
    Request("lambda:InvokeFunction", FUNCTION),
    Request("secretsmanager:CreateSecret", SECRET),
    Request("secretsmanager:GetSecretValue", SECRET),
    Request("rds:CreateDBInstance", DATABASE),
    Request("rds:CreateDBInstance", arn("rds", "pg:default.mysql8.4")),
    Request("rds:CreateDBInstance", arn("rds", "og:default:mysql-8-4")),
    Request("rds:DescribeDBInstances", DATABASE),
    Request("rds:ModifyDBInstance", DATABASE),
    Request("rds:DeleteDBInstance", DATABASE),
    Request("s3:CreateBucket", BUCKET),
    Request("s3:PutEncryptionConfiguration", "arn:aws:s3:::named-files"),
    Request("logs:CreateLogGroup", LOG),
    Request("logs:PutRetentionPolicy", f"{LOG}:*"),
    Request("sns:CreateTopic", TOPIC),
)
"""Requests without which the stack is not made, changed or deleted."""

REFUSED = (
    Request("ec2:DescribeVpcs", context={"aws:RequestedRegion": "us-east-1"}),
    Request("ec2:RunInstances", arn("ec2", "instance/*", region="us-east-1")),
    Request("ec2:RunInstances", arn("ec2", "instance/*", account="444455556666")),
    Request("ec2:CreateVpnGateway", "*"),
    Request("iam:CreateRole", ROLE),
    Request("iam:CreateRole", ROLE, {"iam:PermissionsBoundary": iam_arn("policy/Other")}),
    Request("iam:CreateRole", iam_arn("role/Admin"), BOUND),
    Request("iam:AttachRolePolicy", ROLE, {**BOUND, "iam:PolicyARN": "arn:aws:iam::aws:policy/AdministratorAccess"}),
    Request("iam:AttachRolePolicy", FILLER, SSM_CORE),
    Request("iam:DeleteRolePermissionsBoundary", ROLE),
    Request("iam:PassRole", iam_arn("role/Admin"), MACHINES),
    Request("iam:PassRole", ROLE, FUNCTIONS),
    Request("iam:CreateUser", iam_arn("user/me")),
    Request("iam:CreateServiceLinkedRole", LINKED, {"iam:AWSServiceName": "spot.amazonaws.com"}),
    Request("lambda:InvokeFunction", arn("lambda", "function:payroll")),
    Request("secretsmanager:GetSecretValue", arn("secretsmanager", "secret:payroll-x7Yz12")),
    Request("rds:DeleteDBInstance", arn("rds", "db:payroll")),
    Request("s3:DeleteBucket", "arn:aws:s3:::payroll"),
    Request("s3:GetObject", "arn:aws:s3:::payroll/2026.csv"),
    Request("ssm:GetParameter", arn("ssm", "parameter/payroll/key")),
    Request("kms:Decrypt", arn("kms", "key/1")),
    Request("logs:DeleteLogGroup", arn("logs", "log-group:/payroll")),
    Request("sns:DeleteTopic", arn("sns", "payroll")),
)
"""Requests that the stack has no use for."""
