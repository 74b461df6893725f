"""The order of the stages. Access is checked first, and the audit entry is written before the answer leaves."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cse_geo.lazy import attributes

if TYPE_CHECKING:
    from cse_geo.pipeline.answers import build_next_release, map_view, rebase, records_view
    from cse_geo.pipeline.approvals import (
        approve_releases,
        decide_release,
        refuse_releases,
        second_person,
        waiting_releases,
    )
    from cse_geo.pipeline.auditing import audit_view, head_line, misuse_patterns, verify_with_heads
    from cse_geo.pipeline.borderfiles import (
        WHOLE,
        add_contacts,
        decide_on,
        decision_of_operator,
        list_contacts,
        shared_list,
        write_border,
    )
    from cse_geo.pipeline.calibration import calibrate_store, calibration_of
    from cse_geo.pipeline.contexts import CONTEXT_KINDS, ContextRequest, add_context, list_context
    from cse_geo.pipeline.crossborder import border_answer, border_view, decide_at_page, decision_made
    from cse_geo.pipeline.demo import build_demo, ensure_demo
    from cse_geo.pipeline.exchanging import (
        ExportRequest,
        export_counts,
        import_counts,
        list_exchanges,
        pool_exchanges,
        write_key,
    )
    from cse_geo.pipeline.fetching import fetch_boundaries
    from cse_geo.pipeline.geocoding import GeocodeOutcome, GeocodeRequest, geocode_file
    from cse_geo.pipeline.instore import cross_border_in_store, hotspots_in_store
    from cse_geo.pipeline.keeping import (
        audit_entries,
        backup_store,
        migrate_store,
        restore_store,
        verify_audit,
        verify_store,
    )
    from cse_geo.pipeline.leads import NEXT_STEPS
    from cse_geo.pipeline.markers import (
        add_marker,
        list_markers,
        mark_at_page,
        markers_at_page,
        remove_marker,
        unmark_at_page,
    )
    from cse_geo.pipeline.match_papers import write_match_report
    from cse_geo.pipeline.more import hotspot_before_after, hotspot_more
    from cse_geo.pipeline.opening import create_store, open_app_store, open_for, role_named, serve_app
    from cse_geo.pipeline.opinions import second_opinions
    from cse_geo.pipeline.points import (
        FindOutcome,
        FindRequest,
        cross_border_in_points,
        hotspots_in_points,
        write_outcome,
    )
    from cse_geo.pipeline.pseudonyms import pseudonym, write_rows
    from cse_geo.pipeline.pseudonyms import read_key as read_agency_key
    from cse_geo.pipeline.reference import (
        GAZETTEER_KINDS,
        LayerRequest,
        add_gazetteer,
        add_layer,
        check_layer,
        list_gazetteer,
        list_layers,
    )
    from cse_geo.pipeline.registers import suggest_register_mapping
    from cse_geo.pipeline.releases import audiences, check_releases, release_list
    from cse_geo.pipeline.retention import end_hold, erase, hold, list_holds, run_retention
    from cse_geo.pipeline.returns import (
        ImportOutcome,
        ImportRequest,
        import_return,
        suggest_mapping,
        write_problems,
        write_template,
    )
    from cse_geo.pipeline.review import (
        approve_alias,
        approve_alias_at_page,
        decide,
        review_queue,
        review_view,
        save_decision,
        undo,
        undo_decision,
        withdraw_alias,
    )
    from cse_geo.pipeline.signin import Attempt, proxy_secret, purposes_in_words, sign_in, sign_out, signed_in
    from cse_geo.pipeline.stability import hotspot_agreement, hotspot_stability
    from cse_geo.pipeline.users import (
        Account,
        accounts_view,
        add_user,
        disable_account,
        disable_user,
        list_users,
    )
    from cse_geo.safeguards import Session
    from cse_geo.store import Hold, Marker, Store

# What the imports above say, for the running program: a command pays only for the stages that it uses.
_HOMES = {
    "cse_geo.pipeline.answers": "build_next_release map_view rebase records_view",
    "cse_geo.pipeline.approvals": (
        "approve_releases decide_release refuse_releases second_person waiting_releases"
    ),
    "cse_geo.pipeline.auditing": "audit_view head_line misuse_patterns verify_with_heads",
    "cse_geo.pipeline.borderfiles": (
        "WHOLE add_contacts decide_on decision_of_operator list_contacts shared_list write_border"
    ),
    "cse_geo.pipeline.calibration": "calibrate_store calibration_of",
    "cse_geo.pipeline.contexts": "CONTEXT_KINDS ContextRequest add_context list_context",
    "cse_geo.pipeline.crossborder": "border_answer border_view decide_at_page decision_made",
    "cse_geo.pipeline.demo": "build_demo ensure_demo",
    "cse_geo.pipeline.exchanging": (
        "ExportRequest export_counts import_counts list_exchanges pool_exchanges write_key"
    ),
    "cse_geo.pipeline.fetching": "fetch_boundaries",
    "cse_geo.pipeline.geocoding": "GeocodeOutcome GeocodeRequest geocode_file",
    "cse_geo.pipeline.instore": "cross_border_in_store hotspots_in_store",
    "cse_geo.pipeline.keeping": (
        "audit_entries backup_store migrate_store restore_store verify_audit verify_store"
    ),
    "cse_geo.pipeline.leads": "NEXT_STEPS",
    "cse_geo.pipeline.match_papers": "write_match_report",
    "cse_geo.pipeline.markers": (
        "add_marker list_markers mark_at_page markers_at_page remove_marker unmark_at_page"
    ),
    "cse_geo.pipeline.more": "hotspot_before_after hotspot_more",
    "cse_geo.pipeline.opening": "create_store open_app_store open_for role_named serve_app",
    "cse_geo.pipeline.opinions": "second_opinions",
    "cse_geo.pipeline.points": (
        "FindOutcome FindRequest cross_border_in_points hotspots_in_points write_outcome"
    ),
    "cse_geo.pipeline.pseudonyms": "pseudonym write_rows read_key=read_agency_key",
    "cse_geo.pipeline.reference": (
        "GAZETTEER_KINDS LayerRequest add_gazetteer add_layer check_layer list_gazetteer list_layers"
    ),
    "cse_geo.pipeline.registers": "suggest_register_mapping",
    "cse_geo.pipeline.releases": "audiences check_releases release_list",
    "cse_geo.pipeline.retention": "end_hold erase hold list_holds run_retention",
    "cse_geo.pipeline.returns": (
        "ImportOutcome ImportRequest import_return suggest_mapping write_problems write_template"
    ),
    "cse_geo.pipeline.review": (
        "approve_alias approve_alias_at_page decide review_queue review_view save_decision undo "
        "undo_decision withdraw_alias"
    ),
    "cse_geo.pipeline.signin": "Attempt proxy_secret purposes_in_words sign_in sign_out signed_in",
    "cse_geo.pipeline.stability": "hotspot_agreement hotspot_stability",
    "cse_geo.pipeline.users": "Account accounts_view add_user disable_account disable_user list_users",
    "cse_geo.safeguards": "Session",
    "cse_geo.store": "Hold Marker Store",
}

if not TYPE_CHECKING:
    __getattr__ = attributes(__name__, _HOMES)

__all__ = [
    "CONTEXT_KINDS",
    "GAZETTEER_KINDS",
    "NEXT_STEPS",
    "WHOLE",
    "Account",
    "Attempt",
    "ContextRequest",
    "ExportRequest",
    "FindOutcome",
    "FindRequest",
    "GeocodeOutcome",
    "GeocodeRequest",
    "Hold",
    "ImportOutcome",
    "ImportRequest",
    "LayerRequest",
    "Marker",
    "Session",
    "Store",
    "accounts_view",
    "add_contacts",
    "add_context",
    "add_gazetteer",
    "add_layer",
    "add_marker",
    "add_user",
    "approve_alias",
    "approve_alias_at_page",
    "approve_releases",
    "audiences",
    "audit_entries",
    "audit_view",
    "backup_store",
    "border_answer",
    "border_view",
    "build_demo",
    "build_next_release",
    "calibrate_store",
    "calibration_of",
    "check_layer",
    "check_releases",
    "create_store",
    "cross_border_in_points",
    "cross_border_in_store",
    "decide",
    "decide_at_page",
    "decide_on",
    "decide_release",
    "decision_made",
    "decision_of_operator",
    "disable_account",
    "disable_user",
    "end_hold",
    "ensure_demo",
    "erase",
    "export_counts",
    "fetch_boundaries",
    "geocode_file",
    "head_line",
    "hold",
    "hotspot_agreement",
    "hotspot_before_after",
    "hotspot_more",
    "hotspot_stability",
    "hotspots_in_points",
    "hotspots_in_store",
    "import_counts",
    "import_return",
    "list_contacts",
    "list_context",
    "list_exchanges",
    "list_gazetteer",
    "list_holds",
    "list_layers",
    "list_markers",
    "list_users",
    "map_view",
    "mark_at_page",
    "markers_at_page",
    "migrate_store",
    "misuse_patterns",
    "open_app_store",
    "open_for",
    "pool_exchanges",
    "proxy_secret",
    "pseudonym",
    "purposes_in_words",
    "read_agency_key",
    "rebase",
    "records_view",
    "refuse_releases",
    "release_list",
    "remove_marker",
    "restore_store",
    "review_queue",
    "review_view",
    "role_named",
    "run_retention",
    "save_decision",
    "second_opinions",
    "second_person",
    "serve_app",
    "shared_list",
    "sign_in",
    "sign_out",
    "signed_in",
    "suggest_mapping",
    "suggest_register_mapping",
    "undo",
    "undo_decision",
    "unmark_at_page",
    "verify_audit",
    "verify_store",
    "verify_with_heads",
    "waiting_releases",
    "withdraw_alias",
    "write_border",
    "write_key",
    "write_match_report",
    "write_outcome",
    "write_problems",
    "write_rows",
    "write_template",
]
