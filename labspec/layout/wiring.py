"""References, order and conditions carried over the borders of stacks."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import partial
from graphlib import CycleError, TopologicalSorter
from itertools import pairwise
from typing import Any

from labspec.diagnostic import Diagnostic, Label, Path, Rejected, Rule
from labspec.graph import ROOT_STACK_NAME, Body, Declaration, Edge, Graph, Node, Stack, needed, references, rewrite
from labspec.layout.part import Part, after_in, conditions_in, resource_of, shared_condition, template_of
from labspec.layout.urls import TEMPLATE_URL

CIRCLE = Rule(
    "LS502",
    "stacks-in-a-circle",
    "Stacks need one another in a circle.",
    "CloudFormation creates a nested stack after the ones that it needs. Two stacks that need each other can never be"
    " created.",
    "layout: {stacks: {front: [security_groups.web-sg]}}",
    "layout: {stacks: {}}",
)

REF_IS = {
    "AWS::AutoScaling::AutoScalingGroup": "Name",
    "AWS::CloudFront::Distribution": "Id",
    "AWS::EC2::EIP": "PublicIp",
    "AWS::EC2::KeyPair": "KeyName",
    "AWS::ElasticLoadBalancingV2::Listener": "Arn",
    "AWS::ElasticLoadBalancingV2::LoadBalancer": "Arn",
    "AWS::ElasticLoadBalancingV2::TargetGroup": "Arn",
    "AWS::IAM::InstanceProfile": "Name",
    "AWS::IAM::Role": "Name",
    "AWS::Lambda::Function": "Name",
    "AWS::RDS::DBInstance": "Name",
    "AWS::RDS::DBSubnetGroup": "Name",
    "AWS::S3::Bucket": "Name",
    "AWS::SNS::Topic": "Arn",
    "AWS::SecretsManager::Secret": "Arn",
}
"""What `Ref` returns for a type, where it is not an id: it names the parameter that carries it."""

LISTS = {
    "AWS::EC2::VPC": ("CidrBlockAssociations", "Ipv6CidrBlocks"),
    "AWS::EC2::Subnet": ("Ipv6CidrBlocks",),
    "AWS::EC2::VPCEndpoint": ("DnsEntries", "NetworkInterfaceIds"),
    "AWS::ElasticLoadBalancingV2::LoadBalancer": ("SecurityGroups",),
    "AWS::ElasticLoadBalancingV2::TargetGroup": ("LoadBalancerArns",),
}
"""Attributes that are lists: they travel as one text, joined by commas."""


IMAGE = "AWS::EC2::Image::Id"
"""The one type of parameter that CloudFormation wants for what it carries: it refuses an image that is not there."""


class Wiring:
    """The stacks of a graph under construction, and what each needs of the others."""

    def __init__(self, graph: Graph, places: Mapping[str, str]) -> None:
        self.graph = graph
        self.places = places
        self.parts = {name: Part(name, []) for name in dict.fromkeys(places[node] for node in graph.nodes)}
        for node in graph.nodes.values():
            self.parts[places[node.id]].nodes.append(node)
        self.carried: dict[str, tuple[str, str | None]] = {}
        self.needs: dict[str, dict[str, tuple[Node, Node, Edge | None]]] = {name: {} for name in self.parts}

    def stacks(self) -> list[Stack]:
        """The finished stacks, the root first, then each after those that it needs."""
        after = after_in(self.graph, self.places)
        for part in self.parts.values():
            for node in part.nodes:
                body = rewrite(node.body, partial(self._inside, node, part))
                part.resources[node.id] = resource_of(body, after[part.name].get(node.id, ()))
        depends = self._orders()
        outputs = {name: self._output(declared) for name, declared in self.graph.outputs.items()}
        order = self._sorted()
        children = [self._child(self.parts[name]) for name in order]
        return [self._root(order, depends, outputs), *children]

    # ---------------------------------------------------------- references

    def _inside(self, node: Node, part: Part, reference: Body) -> Any:
        """A reference as it stands in its stack: as it is, or to a parameter that carries the value in."""
        ((_, target, attribute),) = references(reference)
        if target == ROOT_STACK_NAME:
            part.parameters["RootStackName"] = Declaration({"Type": "String", "Description": "Name of the root stack"})
            part.passed["RootStackName"] = {"Ref": "AWS::StackName"}
            return {"Ref": "RootStackName"}
        if target in self.graph.parameters:
            self._parameter(part, target)
            return reference
        producer = self.graph.nodes.get(target)
        if producer is None or self.places[target] == part.name:
            return reference
        return self._crossing(reference, producer, attribute, node, part)

    def _parameter(self, part: Part, name: str) -> None:
        declared = self.graph.parameters[name]
        kept = {key: declared.body[key] for key in ("Type", "Description", "NoEcho") if key in declared.body}
        part.parameters[name] = Declaration(kept, declared.origin)
        part.passed[name] = {"Ref": name}

    def _crossing(self, reference: Body, producer: Node, attribute: str | None, node: Node, part: Part) -> Any:
        name = self._carried(producer, attribute)
        asked = next(
            node.origin_of(place) for place, *what in references(node.body) if what == [producer.id, attribute]
        )
        self._produce(producer, attribute, name, reference, asked)
        listed = attribute in LISTS.get(producer.type, ())
        passed = self._delivered(producer, name, part)
        # CloudFormation looks at values of its own types before it makes anything: an empty one must be a plain text.
        sure = attribute == "ImageId" and "Fn::If" not in passed
        kind = "CommaDelimitedList" if listed else IMAGE if sure else "String"
        part_of = "" if producer.role == producer.section.removesuffix("s") else f" ({producer.role.replace('_', ' ')})"
        what = f"{attribute or REF_IS.get(producer.type, 'Id')} of {producer.member}{part_of}"
        part.parameters[name] = Declaration(
            {"Type": kind, "Description": f"{what}, from the {self.places[producer.id]} stack"}, asked
        )
        part.passed[name] = passed
        self.needs[part.name].setdefault(self.places[producer.id], (node, producer, None))
        return {"Ref": name}

    def _carried(self, producer: Node, attribute: str | None) -> str:
        """The name of the parameter and output that carry a value: the resource, and what of it."""
        suffix = attribute.replace(".", "") if attribute else REF_IS.get(producer.type, "Id")
        first = re.match(r"[A-Z][a-z0-9]*", suffix)
        if first and len(first[0]) < len(suffix) and producer.id.endswith(first[0]):
            suffix = suffix[len(first[0]) :]
        name, carries = producer.id + suffix, (producer.id, attribute)
        while name in self.graph.nodes or name in self.graph.parameters or self.carried.get(name, carries) != carries:
            name += "Value"
        self.carried[name] = carries
        return name

    def _produce(self, producer: Node, attribute: str | None, name: str, reference: Body, asked: Path) -> None:
        """The output that carries a value; what is wrong with it is wrong where it was asked for first."""
        value: Any = reference
        if attribute in LISTS.get(producer.type, ()):
            value = {"Fn::Join": [",", value]}
        condition = {"Condition": producer.body["Condition"]} if "Condition" in producer.body else {}
        outputs = self.parts[self.places[producer.id]].outputs
        outputs.setdefault(name, Declaration(condition | {"Value": value}, asked))

    def _delivered(self, producer: Node, name: str, part: Part) -> Any:
        """What the root passes on: of what may be absent, nothing while it is. A stack may be absent just then, too."""
        value: Body = {"Fn::GetAtt": [self.parts[self.places[producer.id]].id, f"Outputs.{name}"]}
        condition = producer.body.get("Condition")
        return {"Fn::If": [condition, value, ""]} if condition not in (None, shared_condition(part)) else value

    def _output(self, declared: Declaration) -> Declaration:
        def change(reference: Body) -> Any:
            ((_, target, attribute),) = references(reference)
            if target == ROOT_STACK_NAME:
                return {"Ref": "AWS::StackName"}
            producer = self.graph.nodes.get(target)
            if producer is None:
                return reference
            name = self._carried(producer, attribute)
            self._produce(producer, attribute, name, reference, declared.origin)
            return {"Fn::GetAtt": [self.parts[self.places[target]].id, f"Outputs.{name}"]}

        return Declaration(rewrite(declared.body, change), declared.origin)

    # ---------------------------------------------------------- order

    def _orders(self) -> dict[str, set[str]]:
        """Stacks that wait for others without a reference between them."""
        depends: dict[str, set[str]] = {name: set() for name in self.parts}
        for edge in self.graph.edges:
            if edge.target not in self.graph.nodes:
                continue
            source, target = self.places[edge.source], self.places[edge.target]
            if source != target:
                if target not in self.needs[source]:
                    depends[source].add(target)
                said = self.graph.nodes[edge.source], self.graph.nodes[edge.target], edge
                self.needs[source].setdefault(target, said)
        return depends

    def _sorted(self) -> list[str]:
        sorter = TopologicalSorter({name: sorted(needs) for name, needs in sorted(self.needs.items())})
        try:
            return list(sorter.static_order())
        except CycleError as error:
            raise Rejected(self._circle(list(reversed(error.args[1])))) from error

    def _circle(self, circle: list[str]) -> Diagnostic:
        labels = [self._step(one, other) for one, other in pairwise(circle)]
        source, target, _ = self.needs[circle[0]][circle[1]]
        together = ", ".join(dict.fromkeys(f"{node.origin[0]}.{node.origin[1]}" for node in (source, target)))
        return Diagnostic(
            CIRCLE,
            "These stacks need one another in a circle: " + " -> ".join(circle) + ".",
            labels[0].path,
            labels[0].at,
            related=tuple(labels),
            help=f"Put one of the two in the other's stack: `layout: {{stacks: {{{circle[1]}: [{together}]}}}}`.",
        )

    def _step(self, one: str, other: str) -> Label:
        """Where it is said that a stack needs another."""
        source, target, edge = self.needs[one][other]
        place = next((place for place, named, _ in references(source.body) if named == target.id), ())
        label = needed(source, (source.member, target.member), edge or place)
        return label._replace(text=f"{one} needs {other}: {label.text}")

    # ---------------------------------------------------------- templates

    def _conditions(self, used: Iterator[str], part: Part | None) -> dict[str, Any]:
        """The conditions that a template uses, by name; the parameters that they test are passed in."""
        found: dict[str, Any] = {}
        for name in used:
            if name not in self.graph.conditions:
                continue  # A raw resource names a condition that there is not: a linter says so at its line.
            body = self.graph.conditions[name].body
            found[name] = body
            for _, parameter, _ in references(body) if part else ():
                assert part is not None
                self._parameter(part, parameter)
        return dict(sorted(found.items()))

    def _child(self, part: Part) -> Stack:
        bodies = [*part.resources.values(), *(output.body for output in part.outputs.values())]
        conditions = self._conditions(conditions_in(bodies), part)
        description = f"{self.graph.name}: {part.name.replace('-', ' ')}"
        part.parameters = dict(sorted(part.parameters.items()))
        return template_of(part, description, None, conditions, dict(sorted(part.outputs.items())))

    def _root(self, order: list[str], depends: Mapping[str, set[str]], outputs: dict[str, Declaration]) -> Stack:
        root = Part("root", [], dict(self.graph.parameters))
        for name in order:
            root.resources[self.parts[name].id] = self._stack_resource(self.parts[name], depends[name])
        bodies = [*root.resources.values(), *(output.body for output in outputs.values())]
        conditions = self._conditions(conditions_in(bodies), None)
        return template_of(root, self.graph.description or self.graph.name, self.graph, conditions, outputs)

    def _stack_resource(self, part: Part, depends: set[str]) -> Body:
        body: Body = {"Type": "AWS::CloudFormation::Stack"}
        if (condition := shared_condition(part)) is not None:
            body["Condition"] = condition
        if depends:
            body["DependsOn"] = sorted(self.parts[name].id for name in depends)
        passed = {name: part.passed[name] for name in sorted(part.passed)}
        body["Properties"] = {"TemplateURL": {TEMPLATE_URL: part.name}, **({"Parameters": passed} if passed else {})}
        return body
