"""All SQL of cse_geo: an encrypted folder that one process writes and many read; frames in, frames out."""

from cse_geo.store.audit_log import AuditLog, audit_log
from cse_geo.store.border import (
    Decision,
    load_contacts,
    load_decisions,
    load_exchanges,
    save_contacts,
    save_decision,
    save_exchange,
)
from cse_geo.store.copies import Verification, backup, head_text, restore, verify
from cse_geo.store.copies import migrate_store as migrate
from cse_geo.store.counts import Summary, summary
from cse_geo.store.creation import init_store
from cse_geo.store.erasure import Erasure, erase_subject
from cse_geo.store.folder import Store, open_store, version
from cse_geo.store.gazetteer import GazetteerRelease, list_gazetteer, load_gazetteer, save_gazetteer
from cse_geo.store.keys import find_key, new_key
from cse_geo.store.receipts import ImportDetails, Receipt, find_receipt, list_imports
from cse_geo.store.records import load_records, record_history, save_import, save_locations
from cse_geo.store.reference import (
    LayerSource,
    list_layers,
    load_agencies,
    load_areas,
    load_basemap,
    load_coverage,
    load_exposure,
    load_places,
    remove_layer,
    save_agencies,
    save_areas,
    save_basemap,
    save_coverage,
    save_exposure,
    save_places,
)
from cse_geo.store.settings import (
    User,
    list_releases,
    load_policy,
    load_release,
    load_signatures,
    load_users,
    save_policy,
    save_release,
    save_user,
)

__all__ = [
    "AuditLog",
    "Decision",
    "Erasure",
    "GazetteerRelease",
    "ImportDetails",
    "LayerSource",
    "Receipt",
    "Store",
    "Summary",
    "User",
    "Verification",
    "audit_log",
    "backup",
    "erase_subject",
    "find_key",
    "find_receipt",
    "head_text",
    "init_store",
    "list_gazetteer",
    "list_imports",
    "list_layers",
    "list_releases",
    "load_agencies",
    "load_areas",
    "load_basemap",
    "load_contacts",
    "load_coverage",
    "load_decisions",
    "load_exchanges",
    "load_exposure",
    "load_gazetteer",
    "load_places",
    "load_policy",
    "load_records",
    "load_release",
    "load_signatures",
    "load_users",
    "migrate",
    "new_key",
    "open_store",
    "record_history",
    "remove_layer",
    "restore",
    "save_agencies",
    "save_areas",
    "save_basemap",
    "save_contacts",
    "save_coverage",
    "save_decision",
    "save_exchange",
    "save_exposure",
    "save_gazetteer",
    "save_import",
    "save_locations",
    "save_places",
    "save_policy",
    "save_release",
    "save_user",
    "summary",
    "verify",
    "version",
]  # fmt: skip
