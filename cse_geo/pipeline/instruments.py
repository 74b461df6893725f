"""The drafts for the data protection officer, with the policy that is in force in a store."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cse_geo.errors import UsageError
from cse_geo.outputs.tables import write_text
from cse_geo.pipeline.gate import Act, enter
from cse_geo.pipeline.policies import policy_of
from cse_geo.safeguards.governance import instruments_text

if TYPE_CHECKING:
    from pathlib import Path

    from cse_geo import store
    from cse_geo.safeguards import Session


def write_instruments(opened: store.Store, path: Path, *, session: Session) -> str:
    """Write draft DPIA, ATRS record and policy document for this store; return what was written.

    Raises
    ------
    UsageError
        If the folder does not exist.
    """
    if not path.parent.is_dir():
        message = "`--output`: the folder does not exist."
        raise UsageError(message)
    policy = policy_of(opened)
    enter(opened, session, Act("read_audit", "consultation", "instruments"))
    write_text(instruments_text(policy), path)
    return (
        f"Draft DPIA, ATRS record and appropriate policy document under policy {policy.digest}: {path.name}."
    )
