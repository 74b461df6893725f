"""Scan statistics: circles, in space or in space and time, with more cases than chance explains."""

from cse_geo.hotspots.scan.params import MODELS, ScanParams, ScanResult
from cse_geo.hotspots.scan.report import result_as_json
from cse_geo.hotspots.scan.run import scan, scan_files

__all__ = ["MODELS", "ScanParams", "ScanResult", "result_as_json", "scan", "scan_files"]
