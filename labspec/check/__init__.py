"""Laws that no schema states: one file per law, listed in `CHECKS`."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from labspec.check.addresses import check_addresses
from labspec.check.aged_choices import check_aged_choices
from labspec.check.aged_resources import check_aged_resources
from labspec.check.backups import check_backups
from labspec.check.bucket_names import check_bucket_names
from labspec.check.callers import check_callers
from labspec.check.clients import check_clients
from labspec.check.content import check_content
from labspec.check.database_names import check_database_names
from labspec.check.database_ports import check_database_ports
from labspec.check.database_storage import check_database_storage
from labspec.check.database_zones import check_database_zones
from labspec.check.edge_region import check_edge_region
from labspec.check.empty_target_groups import check_empty_target_groups
from labspec.check.empty_values import check_empty_values
from labspec.check.encryption import check_encryption
from labspec.check.engine_support import check_engine_support
from labspec.check.existing import check_existing
from labspec.check.exposed_databases import check_exposed_databases
from labspec.check.group_health import check_group_health
from labspec.check.group_sizes import check_group_sizes
from labspec.check.group_updates import check_group_updates
from labspec.check.groupless_peers import check_groupless_peers
from labspec.check.groupless_servers import check_groupless_servers
from labspec.check.health_checks import check_health_checks
from labspec.check.health_pages import check_health_pages
from labspec.check.hidden_pages import check_hidden_pages
from labspec.check.image_support import check_image_support
from labspec.check.inner_routes import check_inner_routes
from labspec.check.kept_databases import check_kept_databases
from labspec.check.late_signals import check_late_signals
from labspec.check.listed_twice import check_listed_twice
from labspec.check.listeners import check_listeners
from labspec.check.load_balancer_names import check_load_balancer_names
from labspec.check.machine_disks import check_machine_disks
from labspec.check.machine_roles import check_machine_roles
from labspec.check.machine_types import check_machine_types
from labspec.check.managed_passwords import check_managed_passwords
from labspec.check.metadata_tokens import check_metadata_tokens
from labspec.check.mounts import check_mounts
from labspec.check.names_resolved import check_names_resolved
from labspec.check.nat_zones import check_nat_zones
from labspec.check.one_per_zone import check_one_per_zone
from labspec.check.open_rules import check_open_rules
from labspec.check.other_vpc import check_other_vpc
from labspec.check.parameter_values import check_parameter_values
from labspec.check.passwords import check_passwords
from labspec.check.private_addresses import check_private_addresses
from labspec.check.public_websites import check_public_websites
from labspec.check.quotas import check_quotas
from labspec.check.redirects import check_redirects
from labspec.check.refused_resources import check_refused_resources
from labspec.check.rules import check_rules
from labspec.check.scaling_metrics import check_scaling_metrics
from labspec.check.schemas import check_schemas
from labspec.check.secrets import check_secrets
from labspec.check.served_files import check_served_files
from labspec.check.shared_target_groups import check_shared_target_groups
from labspec.check.soundness import Sound, sound
from labspec.check.subnet_room import check_subnet_room
from labspec.check.tag_values import check_tag_values
from labspec.check.target_groups import check_target_groups
from labspec.check.target_zones import check_target_zones
from labspec.check.template_names import check_template_names
from labspec.check.throughput import check_throughput
from labspec.check.untold_vpc import check_untold_vpc
from labspec.check.unused import check_unused
from labspec.check.vpc_ranges import check_vpc_ranges
from labspec.check.ways import check_ways
from labspec.check.website_addresses import check_website_addresses
from labspec.check.wide_permissions import check_wide_permissions
from labspec.check.windows import check_windows
from labspec.check.zone_names import check_zone_names
from labspec.diagnostic import Diagnostic, Severity, has_errors
from labspec.model.architecture import Architecture
from labspec.model.load import Loaded

Check = Callable[[Architecture], Iterator[Diagnostic]]
CHECKS: tuple[Check, ...] = (
    check_addresses,
    check_aged_choices,
    check_aged_resources,
    check_backups,
    check_bucket_names,
    check_callers,
    check_clients,
    check_content,
    check_database_names,
    check_database_ports,
    check_database_storage,
    check_database_zones,
    check_edge_region,
    check_empty_target_groups,
    check_empty_values,
    check_encryption,
    check_engine_support,
    check_existing,
    check_exposed_databases,
    check_group_health,
    check_group_sizes,
    check_group_updates,
    check_groupless_peers,
    check_groupless_servers,
    check_health_checks,
    check_health_pages,
    check_hidden_pages,
    check_image_support,
    check_inner_routes,
    check_kept_databases,
    check_late_signals,
    check_listed_twice,
    check_listeners,
    check_load_balancer_names,
    check_machine_disks,
    check_machine_roles,
    check_machine_types,
    check_managed_passwords,
    check_metadata_tokens,
    check_mounts,
    check_names_resolved,
    check_nat_zones,
    check_one_per_zone,
    check_open_rules,
    check_other_vpc,
    check_parameter_values,
    check_passwords,
    check_private_addresses,
    check_public_websites,
    check_quotas,
    check_redirects,
    check_refused_resources,
    check_rules,
    check_scaling_metrics,
    check_schemas,
    check_secrets,
    check_served_files,
    check_shared_target_groups,
    check_subnet_room,
    check_tag_values,
    check_target_groups,
    check_target_zones,
    check_template_names,
    check_throughput,
    check_untold_vpc,
    check_unused,
    check_vpc_ranges,
    check_ways,
    check_website_addresses,
    check_wide_permissions,
    check_windows,
    check_zone_names,
)


def check(architecture: Architecture, wrong: Loaded | None = None) -> Iterator[Diagnostic]:
    """Every finding of every law. Where parts of the spec are `wrong`, those that are sure all the same.

    Hints wait until nothing is wrong: what seems unused may be named by a line that is.
    """
    judged = sound(architecture, wrong) if wrong else Sound(architecture, frozenset())
    found = [finding for law in CHECKS for finding in law(judged.architecture) if judged.is_sure_of(finding)]
    waits = wrong is not None or has_errors(found)
    yield from (finding for finding in found if not waits or finding.level is not Severity.HINT)
