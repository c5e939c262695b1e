from __future__ import annotations

from pathlib import Path

from tests.building import graph_of


def test_a_notification_is_a_topic_and_an_address_that_follows_it(tmp_path: Path) -> None:
    graph = graph_of(tmp_path, "tags: {Team: blue}\nnotifications: {ops: ops@example.com}\n")
    assert graph.nodes["OpsNotification"].body == {
        "Type": "AWS::SNS::Topic",
        "Properties": {"Tags": [{"Key": "Name", "Value": "ops"}, {"Key": "Team", "Value": "blue"}]},
    }
    assert graph.nodes["OpsSubscription"].body == {
        "Type": "AWS::SNS::Subscription",
        "Properties": {"Endpoint": "ops@example.com", "Protocol": "email", "TopicArn": {"Ref": "OpsNotification"}},
    }
    place = ("Properties", "Endpoint")
    assert graph.nodes["OpsSubscription"].origin_of(place) == ("notifications", "ops", "email")


def test_without_an_address_there_is_neither(tmp_path: Path) -> None:
    text = 'parameters: {Mail: {type: email, default: ""}}\nnotifications: {ops: {email: Mail, when: Mail}}\n'
    graph = graph_of(tmp_path, text)
    assert {node.id: node.body["Condition"] for node in graph.nodes.values()} == {
        "OpsNotification": "MailSet",
        "OpsSubscription": "MailSet",
    }
    assert graph.conditions["MailSet"].body == {"Fn::Not": [{"Fn::Equals": [{"Ref": "Mail"}, ""]}]}
    assert graph.nodes["OpsSubscription"].body["Properties"]["Endpoint"] == {"Ref": "Mail"}


def test_a_topic_has_an_arn(tmp_path: Path) -> None:
    graph = graph_of(tmp_path, "notifications: {ops: ops@example.com}\noutputs: {Topic: '${{ ops.arn }}'}\n")
    assert graph.outputs["Topic"].body == {"Value": {"Ref": "OpsNotification"}}
