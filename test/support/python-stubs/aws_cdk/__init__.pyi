# Published for Python only: whatever is taken from it may be anything.
from typing import Any

def __getattr__(name: str) -> Any: ...
