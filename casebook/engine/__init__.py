"""Running notebooks: parameters, processes, limits, secrets; it knows nothing of councils, reports or pages."""

import sys

# JupyterLab brings this package; where it is installed, reading a notebook loads it, which takes more than a
# second, to check internet addresses in a form that notebooks do not hold. jsonschema does without it.
sys.modules.setdefault("rfc3987_syntax", None)  # type: ignore[arg-type]
