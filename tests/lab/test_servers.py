"""Chapter 2, the servers (C2, C3, C6), row by row of docs/lab.md."""

from __future__ import annotations

from typing import Any

import pytest

from tests.lab.course import LAYOUTS, ROOT, Check, Lab, attribute, finished, group, ref, rules, stated, tag, user_data

ATTACHMENT = "LabVpcIgwAttachment"
PUBLIC_KEY, PRIVATE_KEY = "Ec2PublicSeoulKeyPair", "Ec2PrivateSeoulKeyPair"
SERVERS = ("PublicEc2A1", "PublicEc2C1", "PrivateEc2A1", "PrivateEc2C1")


def server(lab: Lab, name: str) -> dict[str, Any]:
    return lab.properties(f"{name}Instance")


def template(lab: Lab, name: str) -> dict[str, Any]:
    data: dict[str, Any] = lab.properties(f"{name}LaunchTemplate")["LaunchTemplateData"]
    return data


def interface(lab: Lab, name: str) -> dict[str, Any]:
    (only,) = template(lab, name)["NetworkInterfaces"]
    return dict(only)


# ------------------------------------------------------------------ C2: the first public server


def system(lab: Lab) -> None:
    assert lab.named("EC2::Instance", "public-ec2-a1").id == "PublicEc2A1Instance"
    image = "resolve:ssm:/aws/service/ami-amazon-linux-latest/al2023-ami-kernel-default-x86_64"
    assert template(lab, "PublicEc2A1")["ImageId"] == image
    assert {server(lab, name)["InstanceType"] for name in SERVERS} == {"t3.micro"}
    for name in SERVERS:
        own = attribute(f"{name}LaunchTemplate", "LatestVersionNumber")
        assert server(lab, name)["LaunchTemplate"] == {
            "LaunchTemplateId": ref(f"{name}LaunchTemplate"),
            "Version": own,
        }


def key_pairs(lab: Lab) -> None:
    assert {key.id for key in lab.of("EC2::KeyPair")} == {PUBLIC_KEY, PRIVATE_KEY}
    keys = [server(lab, name)["KeyName"] for name in SERVERS]
    assert keys == [ref(PUBLIC_KEY)] * 2 + [ref(PRIVATE_KEY)] * 2
    for key, name in ((PUBLIC_KEY, "ec2-public-seoul"), (PRIVATE_KEY, "ec2-private-seoul")):
        assert lab.properties(key)["KeyName"] == {"Fn::Join": ["-", [ref("AWS::StackName"), name]]}
    for output, key in (("PublicKey", PUBLIC_KEY), ("PrivateKey", PRIVATE_KEY)):
        command, identity = lab.outputs[output][0]["Fn::Sub"]
        assert command.startswith("aws ssm get-parameter --with-decryption ")
        assert command.endswith(" --name /ec2/keypair/")
        assert identity == attribute(key, "KeyPairId")


def public_start(lab: Lab) -> None:
    assert interface(lab, "PublicEc2A1")["SubnetId"] == ref("PublicSubnetA1Subnet")
    assert interface(lab, "PublicEc2A1")["AssociatePublicIpAddress"] is True
    needed = {ATTACHMENT, "PublicSubnetRtToInternet", "PublicSubnetA1RouteTableAssociation"}
    assert needed <= lab.order["PublicEc2A1Instance"]


def public_group(lab: Lab) -> None:
    assert interface(lab, "PublicEc2A1")["Groups"] == [group("PublicEc2SgSecurityGroup")]
    assert rules(lab, "PublicEc2SgSecurityGroup") == {
        "PublicEc2SgSshIngress": (("tcp", 22, 22), ref("AdminCidr")),
        "PublicEc2SgHttpIngress": (("tcp", 80, 80), "0.0.0.0/0"),
        "PublicEc2SgHttpsIngress": (("tcp", 443, 443), "0.0.0.0/0"),
    }
    assert "Default" not in lab.parameters["AdminCidr"]


def disk(lab: Lab) -> None:
    ebs = {"VolumeType": "gp3", "Encrypted": True, "DeleteOnTermination": True}
    for name in SERVERS:  # the first says 8 GiB; the others have that of their image, which is of the first, or 8, too
        size = {"VolumeSize": 8} if name == SERVERS[0] else {}
        assert server(lab, name)["BlockDeviceMappings"] == [{"DeviceName": "/dev/xvda", "Ebs": size | ebs}]


def options(lab: Lab) -> None:
    wanted = {
        "InstanceInitiatedShutdownBehavior": "stop",
        "DisableApiTermination": False,
        "Monitoring": False,
        "Tenancy": "default",
        "MetadataOptions": {"HttpEndpoint": "enabled", "HttpTokens": "required", "HttpPutResponseHopLimit": 1},
    }
    for name in SERVERS:
        assert wanted.items() <= server(lab, name).items()
        assert "CreditSpecification" not in server(lab, name)


def setup(lab: Lab) -> None:
    script = user_data(lab, "PublicEc2A1LaunchTemplate")
    for line in (
        "fetch httpd php-fpm php-mysqli php-json mariadb105",
        "install -d -o ec2-user -g apache -m 2775 /var/www/html/",
        "usermod -a -G apache ec2-user",
        "systemctl enable --now php-fpm httpd",
    ):
        assert line in script.splitlines()
    assert "amazon-linux-extras" not in script
    ready = lab.things["PublicEc2A1Instance"].attributes["CreationPolicy"]
    assert ready == {"ResourceSignal": {"Count": 1, "Timeout": "PT900S"}}
    assert "--resource PublicEc2A1Instance" in script


def elastic_address(lab: Lab) -> None:
    for name in ("PublicEc2A1", "PublicEc2C1"):
        assert lab.properties(f"{name}EipAssociation") == {
            "AllocationId": attribute(f"{name}Eip", "AllocationId"),
            "InstanceId": ref(f"{name}Instance"),
        }
        assert ATTACHMENT in lab.order[f"{name}Eip"]
    assert lab.outputs["BastionIp"] == (ref("PublicEc2A1Eip"), True)


def page(lab: Lab) -> None:
    script = user_data(lab, "PublicEc2A1LaunchTemplate")
    text = (ROOT / "specs/files/index.php").read_text("utf-8")
    assert f"/var/www/html/index.php <<'END'\n{text}END" in script
    assert "api/token" in text


# ------------------------------------------------------------------ C3: an image, and a second server


def lamp_image(lab: Lab) -> None:
    assert lab.things["LampImage"].type == "Custom::Image"
    assert lab.properties("LampImage")["InstanceId"] == ref("PublicEc2A1Instance")
    assert lab.properties("LampImage")["ServiceToken"] == attribute("ImageMakerFunction", "Arn")
    assert "ResourceSignal" in lab.things["PublicEc2A1Instance"].attributes["CreationPolicy"]
    hook, _, first_boot = user_data(lab, "PublicEc2A1LaunchTemplate").partition("Content-Type: text/x-shellscript")
    assert "var-www-html-efs.mount" in hook
    assert "fstab" not in hook + first_boot


def second_server(lab: Lab) -> None:
    assert template(lab, "PublicEc2C1")["ImageId"] == attribute("LampImage", "ImageId")
    assert interface(lab, "PublicEc2C1")["SubnetId"] == ref("PublicSubnetC1Subnet")
    assert interface(lab, "PublicEc2C1")["Groups"] == interface(lab, "PublicEc2A1")["Groups"]
    unlike = {"LaunchTemplate", "Tags", "IamInstanceProfile", "BlockDeviceMappings"}
    first, second = (
        {name: value for name, value in server(lab, which).items() if name not in unlike} for which in SERVERS[:2]
    )
    assert first == second
    script = user_data(lab, "PublicEc2C1LaunchTemplate")
    assert "httpd php-fpm php-mysqli" not in script
    assert "Where=/var/www/html/efs" in script


# ------------------------------------------------------------------ C6: bastion, NAT, private servers


def first_private_server(lab: Lab) -> None:
    private_server(lab, "PrivateEc2A1", "PrivateSubnetA1")
    assert rules(lab, "PrivateEc2SgSecurityGroup") == {
        "PrivateEc2SgSshIngress": (("tcp", 22, 22), group("PublicEc2SgSecurityGroup")),
        "PrivateEc2SgHttpIngress": (("tcp", 80, 80), group("LabVpcAlbPrivateSgSecurityGroup")),
        "PrivateEc2SgHttpAsgIngress": (("tcp", 80, 80), group("LabVpcAlbAsgSgSecurityGroup")),
    }


def private_server(lab: Lab, name: str, subnet: str) -> None:
    assert template(lab, name)["ImageId"] == attribute("LampImage", "ImageId")
    assert interface(lab, name) == {
        "AssociatePublicIpAddress": False,
        "DeviceIndex": 0,
        "SubnetId": ref(f"{subnet}Subnet"),
        "Groups": [group("PrivateEc2SgSecurityGroup")],
    }
    assert {f"{subnet}RtToInternet", f"{subnet}RouteTableAssociation"} <= lab.order[f"{name}Instance"]


def bastion(lab: Lab) -> None:
    jump = ["ssh -J ec2-user@", ref("PublicEc2A1Eip"), " ec2-user@", attribute("PrivateEc2A1Instance", "PrivateIp")]
    assert lab.outputs["BastionSsh"][0] == {"Fn::Sub": jump}
    for name in SERVERS:
        assert server(lab, name)["IamInstanceProfile"] == ref(f"{name}InstanceProfile")
        (managed,) = lab.properties(f"{name}Role")["ManagedPolicyArns"]
        assert managed["Fn::Sub"][-1].endswith("/AmazonSSMManagedInstanceCore")
    assert not any("PRIVATE KEY" in user_data(lab, f"{name}LaunchTemplate") for name in SERVERS)


def first_nat(lab: Lab) -> None:
    nat(lab, "A1")


def nat(lab: Lab, which: str) -> None:
    gateway = lab.properties(f"NatGateway{which}NatGateway")
    assert gateway["SubnetId"] == ref(f"PublicSubnet{which}Subnet")
    assert gateway["AllocationId"] == attribute(f"NatGateway{which}Eip", "AllocationId")
    route = lab.properties(f"PrivateSubnet{which}RtToInternet")
    assert route["NatGatewayId"] == ref(f"NatGateway{which}NatGateway")
    assert route["DestinationCidrBlock"] == "0.0.0.0/0"
    assert ATTACHMENT in lab.order[f"NatGateway{which}Eip"]
    assert {ATTACHMENT, "PublicSubnetRtToInternet"} <= lab.order[f"NatGateway{which}NatGateway"]


def second_private_server_and_nat(lab: Lab) -> None:
    private_server(lab, "PrivateEc2C1", "PrivateSubnetC1")
    nat(lab, "C1")
    assert len(lab.of("EC2::EIP")) == 4
    assert [tag(lab.things[f"{name}Instance"], "Name") for name in SERVERS[2:]] == ["private-ec2-a1", "private-ec2-c1"]


CHECKS: dict[str, Check] = {
    "C2.1": system,
    "C2.2": key_pairs,
    "C2.3": public_start,
    "C2.4": public_group,
    "C2.5": disk,
    "C2.6": options,
    "C2.7": setup,
    "C2.8": elastic_address,
    "C2.9": page,
    "C3.1": lamp_image,
    "C3.2": second_server,
    "C6.1": first_private_server,
    "C6.2": bastion,
    "C6.3": first_nat,
    "C6.4": second_private_server_and_nat,
}


def test_every_row_has_a_check_and_every_check_a_row() -> None:
    assert sorted(stated("C2", "C3", "C6")) == sorted(CHECKS)


@pytest.mark.parametrize("layout", LAYOUTS)
@pytest.mark.parametrize("row", stated("C2", "C3", "C6"))
def test_chapter_2_servers(row: str, layout: str) -> None:
    CHECKS[row](finished(layout))
