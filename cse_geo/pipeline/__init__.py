"""The order of the stages. Access is checked first, and the audit entry is written before the answer leaves."""

from cse_geo.pipeline.answers import build_next_release, map_view, records_view
from cse_geo.pipeline.crossborder import border_answer, border_view, decide_at_page, decision_made
from cse_geo.pipeline.demo import build_demo, ensure_demo
from cse_geo.pipeline.instore import cross_border_in_store, hotspots_in_store
from cse_geo.pipeline.keeping import (
    audit_entries,
    backup_store,
    migrate_store,
    restore_store,
    verify_audit,
    verify_store,
)
from cse_geo.pipeline.opening import create_store, open_app_store, open_for, role_named, serve_app
from cse_geo.pipeline.points import (
    FindOutcome,
    FindRequest,
    cross_border_in_points,
    hotspots_in_points,
    write_outcome,
)
from cse_geo.pipeline.reference import (
    GAZETTEER_KINDS,
    LayerRequest,
    add_gazetteer,
    add_layer,
    check_layer,
    list_gazetteer,
    list_layers,
)
from cse_geo.pipeline.releases import audiences, check_releases, release_list
from cse_geo.pipeline.returns import (
    ImportOutcome,
    ImportRequest,
    import_return,
    suggest_mapping,
    write_problems,
    write_template,
)

__all__ = [
    "GAZETTEER_KINDS",
    "FindOutcome",
    "FindRequest",
    "ImportOutcome",
    "ImportRequest",
    "LayerRequest",
    "add_gazetteer",
    "add_layer",
    "audiences",
    "audit_entries",
    "backup_store",
    "border_answer",
    "border_view",
    "build_demo",
    "build_next_release",
    "check_layer",
    "check_releases",
    "create_store",
    "cross_border_in_points",
    "cross_border_in_store",
    "decide_at_page",
    "decision_made",
    "ensure_demo",
    "hotspots_in_points",
    "hotspots_in_store",
    "import_return",
    "list_gazetteer",
    "list_layers",
    "map_view",
    "migrate_store",
    "open_app_store",
    "open_for",
    "records_view",
    "release_list",
    "restore_store",
    "role_named",
    "serve_app",
    "suggest_mapping",
    "verify_audit",
    "verify_store",
    "write_outcome",
    "write_problems",
    "write_template",
]
