"""A quality report of the scans: how good they are and how much their subjects moved, by kind of scan. Typed releases."""
import statistics

from stimnet import parameters, release, tables

KINDS = ("T1", "DTI", "fMRI")
# Scans with more motion than this, in mm, are often left out.
LIMIT = parameters.get("limit", 0.3)

scans = {kind: [row for row in tables["scan_metadata"] if row["scan_type"] == kind] for kind in KINDS}
release("scans", "table", counts={kind: len(rows) for kind, rows in scans.items()})
for kind, rows in scans.items():
    motion = [row["motion_score"] for row in rows]
    release(f"{kind} quality", "mean", value=statistics.mean(row["scan_quality"] for row in rows))
    release(f"{kind} motion", "mean", value=statistics.mean(motion))
    release(f"{kind} above the limit", "proportion", value=sum(one > LIMIT for one in motion) / len(motion))
